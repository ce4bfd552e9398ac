//! Headers of responses: the fixed ones, Content-Security-Policy, HSTS.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::server::{
    net::host::{is_host, is_public_name},
    tls::Certificate,
};

/// Headers of every response. Room names are secrets: no referrer carries them away. The doctor recognises us
/// by `server`.
const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::SERVER, HeaderValue::from_static("halloo")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), \
             geolocation=(), payment=(), usb=()",
        ),
    ),
];

/// Adds the fixed headers.
pub(crate) async fn with_fixed_headers(mut response: Response) -> Response {
    response.headers_mut().extend(FIXED);
    response
}

/// HTTPS only, for a year (RFC 6797). Not sent with a self-signed certificate: the browser's warning could
/// not be dismissed any more.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Whether the browser counts this origin as secure (HTTPS or localhost): it sends Fetch Metadata only there.
pub(super) fn is_secure_origin(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-mode")
}

/// Policy of everything that is not a page.
const NOT_A_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Policy of a page. `reload_port` is that of `cargo leptos watch`, if it started the server.
///
/// `strict-dynamic` is left out: it would turn off `'self'`, by which the preloaded module and its WASM come
/// in.
pub(super) fn page_policy(nonce: &str, host: &str, reload_port: Option<u32>) -> String {
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

/// Whether the response is a page.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Adds the headers of every response of the main router.
pub(super) async fn add_headers(
    certificate: Option<Arc<Certificate>>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // HSTS counts for all ports of a name, including those of other services.
    let has_name = is_public_name(host.strip_suffix(":443").unwrap_or(host));
    let mut response = with_fixed_headers(next.run(request).await).await;
    let headers = response.headers_mut();
    if has_name && certificate.is_some_and(|certificate| certificate.is_signed_by_another()) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOT_A_PAGE);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

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
