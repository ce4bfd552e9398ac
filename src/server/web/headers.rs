//! Who may talk to this server, and what its pages may do: origin check, Content-Security-Policy, fixed headers.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

use crate::server::net::host::is_host;

/// Headers of every response. Room names are secrets: no referrer carries them away. By `server` the doctor knows us.
const FIXED: [(HeaderName, HeaderValue); 4] = [
    (header::SERVER, HeaderValue::from_static("halloo")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), \
             geolocation=(), payment=(), usb=()",
        ),
    ),
];

/// Adds what every response has.
pub(crate) async fn with_fixed_headers(mut response: Response) -> Response {
    response.headers_mut().extend(FIXED);
    response
}

/// For a year browsers come by HTTPS only (RFC 6797). With a certificate of one's own making nobody could get past the
/// browser's warning any more.
pub(crate) const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Whether the browser counts this origin as secure (HTTPS or localhost): it sends Fetch Metadata only there.
pub(crate) fn is_secure_origin(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-mode")
}

/// Policy of everything that is not a page.
pub(crate) const NOT_A_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Policy of a page. `reload_port` is that of `cargo leptos watch`, if it started the server.
///
/// `strict-dynamic` is left out: it would turn off `'self'`, by which the preloaded module and its WASM come in.
pub(crate) fn page_policy(nonce: &str, host: &str, reload_port: Option<u32>) -> String {
    // Safari before 15.4 does not count a WebSocket of the same host as 'self'.
    let mut sockets = String::new();
    if is_host(host) {
        sockets = format!(" ws://{host} wss://{host}");
        if let Some(port) = reload_port {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            sockets.push_str(&format!(" ws://{name}:{port}"));
        }
    }
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' \
         'nonce-{nonce}'; connect-src 'self'{sockets}; img-src 'self' data: blob:; media-src 'self' blob: \
         mediastream:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action \
         'self'; frame-ancestors 'none'"
    )
}

/// Whether the page behind this WebSocket request may use it.
///
/// Without an `Origin` there is no page: browsers always send one. With `allowed`, one of these; otherwise the
/// host the request names, which is the one that served the page; over HTTPS if the request came by that, because anybody
/// on the way can write a page of `http:`.
pub(crate) fn is_origin_allowed(headers: &HeaderMap, is_secure: bool, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if !allowed.is_empty() {
        return allowed.iter().any(|one| one.eq_ignore_ascii_case(origin));
    }
    let Some((scheme, origin_host)) = origin.split_once("://") else { return false };
    if is_secure && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| origin_host.eq_ignore_ascii_case(host))
}

/// Whether `?join=now` counts: the person opened the link, or a page of this server did.
pub(crate) fn is_join_allowed(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "none" || site == "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn an_origin_is_that_of_the_host_or_one_of_the_list() {
        let own = headers(&[("origin", "https://Call.example.org"), ("host", "call.example.org")]);
        let foreign = headers(&[("origin", "https://evil.example"), ("host", "call.example.org")]);
        let opaque = headers(&[("origin", "null"), ("host", "null")]);
        let other_port = headers(&[("origin", "http://localhost:81"), ("host", "localhost:80")]);
        assert!(is_origin_allowed(&own, true, &[]));
        assert!(is_origin_allowed(&headers(&[("host", "call.example.org")]), true, &[]));
        for refused in [&foreign, &opaque, &other_port] {
            assert!(!is_origin_allowed(refused, false, &[]));
        }
        let list = ["https://evil.example".to_owned()];
        assert!(is_origin_allowed(&foreign, false, &list));
        assert!(!is_origin_allowed(&own, true, &list));
    }

    #[test]
    fn a_foreign_site_cannot_join_for_somebody() {
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "none")])));
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_join_allowed(&headers(&[])));
    }

    #[test]
    fn a_host_cannot_add_to_the_policy() {
        let policy = page_policy("n", "a.example; script-src *", None);
        assert!(!policy.contains("a.example"));
        assert!(!policy.contains("script-src *"));
        let watched = page_policy("n", "localhost:8080", Some(8081));
        assert!(
            watched
                .contains("connect-src 'self' ws://localhost:8080 wss://localhost:8080 ws://localhost:8081;")
        );
    }
}
