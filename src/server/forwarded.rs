//! Who a request comes from, and as what its client knows this server. Behind a proxy the proxy says so, in
//! `X-Forwarded-For`, `-Proto` and `-Host`: anybody can write these, so only those of trusted proxies count.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use super::security::is_host;

/// The other end of a connection. [`super::http`] writes it into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    /// From where.
    pub(super) address: IpAddr,
    /// The port of this machine at which the connection came in.
    pub(super) port: u16,
    /// Over HTTPS, all the way as far as is known.
    pub(super) is_secure: bool,
    /// Through a trusted proxy.
    pub(super) is_proxied: bool,
}

/// Believes trusted proxies, and nobody else.
pub(super) async fn resolve(proxies: Arc<[IpNet]>, mut request: Request, next: Next) -> Response {
    if let Some(connected) = request.extensions().get::<Client>().copied() {
        let host = last(request.headers(), "x-forwarded-host").filter(|host| is_host(host));
        let host = host.filter(|_| is_trusted(&proxies, connected.address));
        if let Some(host) = host.and_then(|host| HeaderValue::try_from(host).ok()) {
            request.headers_mut().insert(header::HOST, host);
        }
        let client = client(&proxies, connected, request.headers());
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

/// Walks from proxy to proxy, beginning with the nearest, to the first address that nobody vouches for.
fn client(proxies: &[IpNet], connected: Client, headers: &HeaderMap) -> Client {
    if !is_trusted(proxies, connected.address) {
        return connected;
    }
    let chain: Vec<_> = items(headers, "x-forwarded-for").collect();
    let mut address = connected.address;
    for text in chain.iter().rev() {
        // Some proxies add the port.
        let Ok(before) =
            text.parse::<IpAddr>().or_else(|_| text.parse().map(|at: std::net::SocketAddr| at.ip()))
        else {
            break;
        };
        address = before;
        if !is_trusted(proxies, before) {
            break;
        }
    }
    let scheme = last(headers, "x-forwarded-proto");
    let is_secure = scheme.map_or(connected.is_secure, |scheme| scheme.eq_ignore_ascii_case("https"));
    Client { address: address.to_canonical(), is_secure, is_proxied: true, ..connected }
}

fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

/// What the nearest proxy has written.
fn last(headers: &HeaderMap, name: &str) -> Option<String> {
    items(headers, name).last()
}

fn items(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(|item| item.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn seen(connected: &str, pairs: &[(&'static str, &'static str)]) -> (String, bool) {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let headers =
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        let address = connected.parse().unwrap();
        let connected = Client { address, port: 8080, is_secure: false, is_proxied: false };
        let Client { address, is_secure, .. } = client(&proxies, connected, &headers.collect());
        (address.to_string(), is_secure)
    }

    #[test]
    fn a_proxy_that_is_not_trusted_is_the_client() {
        let lies = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
        assert_eq!(seen("203.0.113.9", &lies), ("203.0.113.9".to_owned(), false));
    }

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_has() {
        let chain = [("x-forwarded-for", "1.2.3.4, 192.0.2.1, 10.0.0.2"), ("x-forwarded-proto", "https")];
        assert_eq!(
            seen("10.0.0.1", &chain),
            ("192.0.2.1".to_owned(), true),
            "1.2.3.4 is what the client claims"
        );
        assert_eq!(seen("::ffff:10.0.0.1", &[("x-forwarded-for", "192.0.2.1:55")]).0, "192.0.2.1");
        assert_eq!(seen("::1", &[("x-forwarded-for", "unknown")]), ("::1".to_owned(), false));
        assert_eq!(seen("10.0.0.1", &[]), ("10.0.0.1".to_owned(), false));
    }
}
