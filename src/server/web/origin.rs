//! Which pages may use this server.

use axum::http::{HeaderMap, header};

/// Whether the page behind this WebSocket request may use it.
///
/// Without an `Origin` there is no page: browsers always send one. With `allowed`, one of these; otherwise
/// the host the request names, which is the one that served the page; over HTTPS if the request came by that,
/// because anybody on the way can write a page of `http:`.
pub(super) fn is_origin_allowed(headers: &HeaderMap, is_secure: bool, allowed: &[String]) -> bool {
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
    fn a_foreign_site_cannot_join_for_somebody() {
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "none")])));
        assert!(is_join_allowed(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_join_allowed(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_join_allowed(&headers(&[])));
    }
}
