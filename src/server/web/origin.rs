//! Which pages may use this server.

use axum::http::{HeaderMap, header};

/// Whether the page behind this WebSocket request may use it.
///
/// Without an `Origin` there is no page: browsers always send one. With `allowed`, one of these; otherwise
/// the host the request names, which is the one that served the page; over HTTPS if the request came by that,
/// because anybody on the way can write a page of `http:`.
pub(super) fn is_origin_allowed(headers: &HeaderMap, is_secure: bool, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(Origin::parse) else { return false };
    if !allowed.is_empty() {
        return allowed.iter().any(|one| Origin::parse(one).is_some_and(|one| one == origin));
    }
    if is_secure && origin.scheme != "https" {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| Origin::new(&origin.scheme, host) == origin)
}

/// An origin (RFC 6454, section 4). A port that the scheme has anyway is left out.
#[derive(Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        text.split_once("://").map(|(scheme, host)| Self::new(scheme, host))
    }

    fn new(scheme: &str, host: &str) -> Self {
        let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
        let default_port = match scheme.as_str() {
            "https" => ":443",
            "http" => ":80",
            _ => "",
        };
        let host = host.strip_suffix(default_port).unwrap_or(&host).to_owned();
        Self { scheme, host }
    }
}

/// Whether `?join=now` counts: the person opened the link, or a page of this server did.
pub(super) fn is_join_allowed(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "none" || site == "same-origin")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

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
    fn a_port_that_the_scheme_has_anyway_makes_no_difference() {
        for (origin, host) in [
            ("https://call.example.org", "call.example.org:443"),
            ("https://call.example.org:443", "call.example.org"),
            ("http://call.example.org", "Call.example.org:80"),
            ("http://[2001:db8::80]", "[2001:db8::80]:80"),
        ] {
            let headers = HeaderMap::from_iter([
                (header::ORIGIN, HeaderValue::from_static(origin)),
                (header::HOST, HeaderValue::from_static(host)),
            ]);
            assert!(is_origin_allowed(&headers, false, &[]), "{origin} {host}");
        }
        let own = headers(&[("origin", "https://call.example.org"), ("host", "inner:8080")]);
        assert!(is_origin_allowed(&own, true, &["HTTPS://call.example.org:443".to_owned()]));
        for other in
            ["http://call.example.org:443", "https://call.example.org:80", "https://call.example.org:4"]
        {
            assert!(!is_origin_allowed(&own, true, &[other.to_owned()]), "{other}");
        }
        let swapped = headers(&[("origin", "http://call.example.org"), ("host", "call.example.org:443")]);
        assert!(!is_origin_allowed(&swapped, false, &[]));
    }

    #[test]
    fn a_foreign_site_cannot_join_for_somebody() {
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "none")])));
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_join_allowed(&headers(&[])));
    }

    proptest::proptest! {
        /// No text of `Origin` is the origin of this host but those that mean it.
        #[test]
        fn only_the_own_origin_is_the_own_origin(
            scheme in "(https?|HTTPS|wss|)", glue in "(://|:|//|)",
            host in
                "(call|call\\.|call:443|call:80|call:0443|evil|@call|call@evil|call/|call call|\\PC{0,5})"
        ) {
            let text = format!("{scheme}{glue}{host}");
            let Ok(value) = HeaderValue::from_str(&text) else { return Ok(()) };
            let headers = HeaderMap::from_iter([
                (header::ORIGIN, value),
                (header::HOST, HeaderValue::from_static("call")),
            ]);
            let own = ["https://call", "https://call:443"].map(|own| text.eq_ignore_ascii_case(own));
            let is_allowed = is_origin_allowed(&headers, true, &[]);
            proptest::prop_assert_eq!(is_allowed, own.contains(&true), "{}", text);
        }
    }
}
