//! The addresses at which other devices reach this server.

use std::net::{IpAddr, SocketAddr};

use super::host::{host_name, is_private, is_private_host};

/// Base URLs at which other devices reach a server with this address. Empty for a loopback address.
pub(crate) fn reachable(listen: SocketAddr, scheme: &str) -> Vec<String> {
    if !listen.ip().is_unspecified() {
        return base_urls(&[listen.ip()], listen.port(), scheme);
    }
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let all = interfaces.iter().map(if_addrs::Interface::ip);
    // [::] includes IPv4.
    let all: Vec<_> = all.filter(|ip| listen.is_ipv6() || ip.is_ipv4()).collect();
    base_urls(&all, listen.port(), scheme)
}

/// The base URLs that a page for this client and this `Host` may show: all if both are private. Anybody can
/// write any `Host`, and a proxy that is not known has a private address.
pub(crate) fn shown_to(client: IpAddr, host: &str, reachable: &[String]) -> Vec<String> {
    let is_near = is_private(client.to_canonical()) && is_private_host(host_name(host));
    if is_near { reachable.to_vec() } else { Vec::new() }
}

/// Base URLs at those of these addresses that are private and not loopback.
pub(crate) fn base_urls(addresses: &[IpAddr], port: u16, scheme: &str) -> Vec<String> {
    let mut urls: Vec<_> = addresses
        .iter()
        .filter(|address| is_private(**address) && !address.is_loopback())
        .map(|address| format!("{scheme}://{}", SocketAddr::new(*address, port)))
        .collect();
    urls.sort();
    urls.dedup();
    urls
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_public_host_or_client_is_shown_no_addresses() {
        let urls = ["http://192.168.1.5:8080".to_owned()];
        let near: IpAddr = "192.168.1.9".parse().unwrap();
        for host in ["localhost:8080", "127.0.0.1:8080", "192.168.1.5", "[::1]:8080", "[fd00::1]"] {
            assert_eq!(shown_to(near, host, &urls), urls, "{host}");
            for far in ["203.0.113.7", "2001:db8::1", "fe80::1"] {
                assert!(shown_to(far.parse().unwrap(), host, &urls).is_empty(), "{far} says {host}");
            }
        }
        for host in ["call.example.org", "203.0.113.7:8080", "[2001:db8::1]:80", "", "localhost.example.org"]
        {
            assert!(shown_to(near, host, &urls).is_empty(), "{host}");
        }
    }

    #[test]
    fn loopback_is_reached_by_no_other_device() {
        assert!(reachable(SocketAddr::from(([127, 0, 0, 1], 80)), "http").is_empty());
        assert_eq!(reachable(SocketAddr::from(([10, 0, 0, 9], 443)), "https"), ["https://10.0.0.9:443"]);
    }

    #[test]
    fn ipv6_addresses_stand_in_brackets() {
        let addresses = ["fd00::2".parse().unwrap(), "fe80::1".parse().unwrap(), "10.1.1.1".parse().unwrap()];
        assert_eq!(base_urls(&addresses, 8080, "http"), ["http://10.1.1.1:8080", "http://[fd00::2]:8080"]);
    }
}
