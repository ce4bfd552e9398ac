//! Who sent a request, and to which host. Behind a proxy that is in `X-Forwarded-For`, `-Proto` and `-Host`;
//! anybody can send these headers, so only those of trusted proxies count.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Once},
};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, Version, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use ipnet::IpNet;

use super::host::{is_host, is_private};

/// Who sent a request. [`super::connections`] adds it to each request as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Requester {
    /// The address, as far back as proxies are trusted.
    pub(crate) address: IpAddr,
    /// The port of this machine at which the connection came in.
    pub(crate) port: u16,
    /// By HTTPS, as far as is known.
    pub(crate) is_secure: bool,
    /// Through a trusted proxy.
    pub(crate) is_proxied: bool,
}

/// Replaces [`Requester`] and `Host` by what trusted proxies say. A request that does not name exactly one
/// host is answered with 400 (RFC 9112, section 3.2): a proxy in front of this server may have read another.
pub(crate) async fn resolve(proxies: Arc<[IpNet]>, mut request: Request, next: Next) -> Response {
    if !names_one_host(&request) {
        return (StatusCode::BAD_REQUEST, "A request names one host.\n").into_response();
    }
    if let Some(connected) = request.extensions().get::<Requester>().copied() {
        warn_of_unknown_proxy(&proxies, connected.address, request.headers());
        let Seen { requester, host } = seen(&proxies, connected, request.headers());
        if let Some(host) = host.and_then(|host| HeaderValue::try_from(host).ok()) {
            request.headers_mut().insert(header::HOST, host);
        }
        request.extensions_mut().insert(requester);
    }
    next.run(request).await
}

/// A proxy near this server that is not trusted is a mistake, mostly: everybody behind it counts as one.
fn warn_of_unknown_proxy(proxies: &[IpNet], address: IpAddr, headers: &HeaderMap) {
    static WARNED: Once = Once::new();
    if headers.contains_key("x-forwarded-for")
        && is_private(address.to_canonical())
        && !is_trusted(proxies, address)
    {
        WARNED.call_once(|| {
            tracing::warn!(%address, "a proxy is not in trusted_proxies: everybody behind it counts as one");
        });
    }
}

fn names_one_host(request: &Request) -> bool {
    match request.headers().get_all(header::HOST).iter().count() {
        0 => request.version() < Version::HTTP_11,
        count => count == 1,
    }
}

/// A request as the outermost trusted proxy received it.
struct Seen {
    requester: Requester,
    /// The host that was asked for, if the proxy says so.
    host: Option<String>,
}

/// Walks from proxy to proxy, beginning with the nearest, to the first address that is not a trusted proxy.
fn seen(proxies: &[IpNet], connected: Requester, headers: &HeaderMap) -> Seen {
    if !is_trusted(proxies, connected.address) {
        return Seen { requester: connected, host: None };
    }
    let (mut address, mut hops) = (connected.address, 0);
    for text in items(headers, "x-forwarded-for").iter().rev() {
        let Some(before) = address_in(text) else { break };
        (address, hops) = (before, hops + 1);
        if !is_trusted(proxies, before) {
            break;
        }
    }
    // Each proxy has appended its value to the list, or has replaced the list.
    let forwarded = |name| {
        let items = items(headers, name);
        items.get(items.len().saturating_sub(hops.max(1))).cloned()
    };
    let scheme = forwarded("x-forwarded-proto");
    // Some proxies name the scheme of a WebSocket.
    let is_https = |scheme: String| ["https", "wss"].iter().any(|one| scheme.eq_ignore_ascii_case(one));
    let is_secure = scheme.map_or(connected.is_secure, is_https);
    let host = forwarded("x-forwarded-host").filter(|host| is_host(host));
    let requester = Requester { address: address.to_canonical(), is_secure, is_proxied: true, ..connected };
    Seen { requester, host }
}

fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

/// Parses an address. Some proxies add a port, or brackets.
fn address_in(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().map(|at: SocketAddr| at.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().or_else(|_| with_port()).ok().or_else(in_brackets)
}

/// The items of all headers of this name, the nearest proxy's last.
fn items(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(|item| item.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn seen_by(connected: &str, pairs: &[(&'static str, &'static str)]) -> (String, bool, String) {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let address = connected.parse().unwrap();
        let connected = Requester { address, port: 8080, is_secure: false, is_proxied: false };
        let Seen { requester, host } = seen(&proxies, connected, &headers);
        (requester.address.to_string(), requester.is_secure, host.unwrap_or_default())
    }

    #[test]
    fn a_proxy_that_is_not_trusted_is_the_client() {
        let lies =
            [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil")];
        assert_eq!(seen_by("203.0.113.9", &lies), ("203.0.113.9".to_owned(), false, String::new()));
    }

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_has() {
        let chain = [("x-forwarded-for", "1.2.3.4, 192.0.2.1"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(seen_by("10.0.0.1", &chain).0, "192.0.2.1", "1.2.3.4 is what the client claims");
        assert_eq!(seen_by("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.1:55")]).0, "192.0.2.1");
        assert_eq!(seen_by("10.0.0.1", &[("x-forwarded-for", "[2001:db8::1]:55")]).0, "2001:db8::1");
        assert_eq!(seen_by("10.0.0.1", &[("x-forwarded-for", "[2001:db8::1]")]).0, "2001:db8::1");
        assert_eq!(seen_by("::1", &[("x-forwarded-for", "unknown")]).0, "::1");
        assert_eq!(seen_by("10.0.0.1", &[]).0, "10.0.0.1");
    }

    #[test]
    fn what_the_outermost_trusted_proxy_has_seen_counts() {
        let told = |list: &'static str, proto: &'static str, host: &'static str| {
            let headers =
                [("x-forwarded-for", list), ("x-forwarded-proto", proto), ("x-forwarded-host", host)];
            let (_, is_secure, host) = seen_by("10.0.0.1", &headers);
            (is_secure, host)
        };
        let right = (true, "call.example".to_owned());
        assert_eq!(told("192.0.2.1", "https", "call.example"), right);
        assert_eq!(told("192.0.2.1", "WSS", "call.example"), right);
        assert_eq!(told("192.0.2.1", "ws", "call.example"), (false, "call.example".to_owned()));
        assert_eq!(told("192.0.2.1", "https", "my_host:8443"), (true, "my_host:8443".to_owned()));
        assert_eq!(told("192.0.2.1", "https", "evil;x"), (true, String::new()));
        assert_eq!(told("192.0.2.1", "http, https", "evil, call.example"), right, "the client claims more");
        assert_eq!(told("192.0.2.1, 10.0.0.2", "https, http", "call.example, inner:8080"), right);
        assert_eq!(told("192.0.2.1, 10.0.0.2", "https", "call.example"), right, "only the outer one says it");
        let lies = told("192.0.2.1, 10.0.0.2", "http, https, http", "evil, call.example, inner:8080");
        assert_eq!(lies, right);
    }
}
