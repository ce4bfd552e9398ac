//! Who sent a request, and to which host. Behind a proxy that is in `X-Forwarded-For`, `-Proto` and `-Host`;
//! anybody can send these headers, so only those of trusted proxies count.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
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

/// Stands for every client of which a trusted proxy says nothing that is an address. Nobody has this address,
/// and unlike that of the proxy it is limited.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

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
/// Without `X-Forwarded-For` the proxy itself is the client, for its health checks.
fn seen(proxies: &[IpNet], connected: Requester, headers: &HeaderMap) -> Seen {
    if !is_trusted(proxies, connected.address) {
        return Seen { requester: connected, host: None };
    }
    let (mut address, mut hops) = (connected.address, 0);
    for text in items(headers, "x-forwarded-for").iter().rev() {
        let before = address_in(text);
        (address, hops) = (before.unwrap_or(UNKNOWN), hops + 1);
        if before.is_none_or(|before| !is_trusted(proxies, before)) {
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

/// The items of all headers of this name, the nearest proxy's last. Split before they are text: a proxy
/// appends to what a client sent, which may be no text.
fn items(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lists = headers.get_all(name).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    lists.map(|item| String::from_utf8_lossy(item).trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::server::net::gate::{Gate, LimitSettings};

    fn requester(address: IpAddr) -> Requester {
        Requester { address, port: 8080, is_secure: false, is_proxied: false }
    }

    fn proxies() -> Vec<IpNet> {
        vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]
    }

    /// What a header can carry: also bytes that are no text.
    fn value() -> impl Strategy<Value = HeaderValue> {
        let byte = prop_oneof![Just(b','), Just(b' '), 0x20..=0x7E_u8, 0x80..=0xFF_u8];
        let address = any::<IpAddr>().prop_map(|ip| ip.to_string().into_bytes());
        let text = prop_oneof![vec(byte, 0..24), address, Just(b"10.0.0.7".to_vec()), Just(b",,".to_vec())];
        text.prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
    }

    fn header() -> impl Strategy<Value = (&'static str, HeaderValue)> {
        (prop::sample::select(vec!["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]), value())
    }

    fn untrusted() -> impl Strategy<Value = IpAddr> {
        any::<IpAddr>().prop_filter("not a proxy", |ip| !is_trusted(&proxies(), *ip))
    }

    fn header_map(pairs: Vec<(&'static str, HeaderValue)>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    proptest! {
        #[test]
        fn nobody_but_a_trusted_proxy_says_anything(pairs in vec(header(), 0..6), client in untrusted()) {
            let found = seen(&proxies(), requester(client), &header_map(pairs));
            prop_assert_eq!(found.requester, requester(client));
            prop_assert_eq!(found.host, None);
        }

        /// Whatever the client sends: proxies append to its list, by a comma or by a header of their own.
        #[test]
        fn a_client_cannot_choose_its_address(
            sent in vec(header(), 0..6),
            client in untrusted(),
            behind in vec(0..=255_u8, 0..4),
            joined in any::<bool>(),
        ) {
            let mut headers = header_map(sent);
            let seen_by_proxies = behind.iter().map(|last| IpAddr::from([10, 0, 0, *last]));
            for address in [client].into_iter().chain(seen_by_proxies) {
                let all = headers.get_all("x-forwarded-for").iter();
                let before: Vec<_> = all.map(HeaderValue::as_bytes).collect();
                let whole = [before.join(&b", "[..]), address.to_string().into_bytes()].join(&b", "[..]);
                if joined {
                    headers.insert("x-forwarded-for", HeaderValue::from_bytes(&whole).unwrap());
                } else {
                    headers.append("x-forwarded-for", address.to_string().parse().unwrap());
                }
            }
            let found = seen(&proxies(), requester([10, 0, 0, 1].into()), &headers).requester;
            prop_assert_eq!(found.address, client.to_canonical());
        }

        /// The proxy's own address is exempt from limits.
        #[test]
        fn what_is_no_address_makes_nobody_the_proxy(text in "[^,0-9]{0,12}|_hidden|10\\.0\\.0") {
            let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) else { return Ok(()) };
            let headers = header_map(vec![("x-forwarded-for", value)]);
            let found = seen(&proxies(), requester([10, 0, 0, 1].into()), &headers).requester;
            let is_written_address = address_in(text.trim()).is_some();
            prop_assert!(found.address == UNKNOWN || is_written_address, "{}", found.address);
        }
    }

    fn seen_by(connected: &str, pairs: &[(&'static str, &'static str)]) -> (String, bool, String) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let connected = requester(connected.parse().unwrap());
        let Seen { requester, host } = seen(&proxies(), connected, &headers);
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
        assert_eq!(seen_by("10.0.0.1", &[]).0, "10.0.0.1");
    }

    #[test]
    fn clients_whose_address_is_not_said_are_one() {
        for list in ["unknown", "", "unix:", "192.0.2.1, ", "192.0.2.1, _hidden, 10.0.0.2"] {
            assert_eq!(seen_by("::1", &[("x-forwarded-for", list)]).0, "0.0.0.0", "{list}");
        }
        let gate = Arc::new(Gate::new(LimitSettings::default(), proxies().into(), 7, |_| {}));
        let permit = gate.admit([10, 0, 0, 1].into()).unwrap();
        assert_eq!(permit.assign(UNKNOWN), Ok(()));
        assert_eq!(permit.counted(), Some(UNKNOWN), "limited");
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
