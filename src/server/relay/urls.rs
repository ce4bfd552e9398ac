//! Where browsers are told to find the relay. Pure.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;

use crate::server::net::host::{RequestedHost, bracketed, host_name};

/// How streams come to the relay, which is how pages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    Off,
    /// The certificate was made here.
    SelfSigned,
    /// Somebody else vouches for the certificate.
    Signed,
}

/// The URLs for who reached the pages like this; none if datagrams come from this machine only, and streams not at all.
pub(super) fn urls(
    RequestedHost { host, is_proxied }: &RequestedHost,
    udp: SocketAddr,
    tls: Tls,
) -> Option<Vec<String>> {
    let name = host_name(host);
    let ip: Option<IpAddr> = name.parse().ok();
    let is_local = name == "localhost" || ip.is_some_and(|ip| ip.is_loopback());
    if name.is_empty() || (udp.ip().is_loopback() && !is_local) {
        return None;
    }
    let name = bracketed(name);
    let mut urls = vec![format!("turn:{name}:{}?transport=udp", udp.port())];
    if *is_proxied {
        return Some(urls);
    }
    // Streams come the same way as this request.
    let port = host.parse::<Authority>().ok()?.port_u16();
    let port = port.unwrap_or(if tls == Tls::Off { 80 } else { 443 });
    if tls != Tls::Off {
        urls.push(format!("turns:{name}:{port}?transport=tcp"));
    }
    // Who was let past a warning reaches pages by TLS, but no relay; nor does Firefox at an address.
    if tls != Tls::Signed || ip.is_some() {
        urls.push(format!("turn:{name}:{port}?transport=tcp"));
    }
    Some(urls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn told(host: &str, is_proxied: bool, udp: &str, tls: Tls) -> Vec<String> {
        let requested = RequestedHost { host: host.into(), is_proxied };
        urls(&requested, udp.parse().unwrap(), tls).unwrap_or_default()
    }

    #[test]
    fn streams_come_as_pages_do() {
        let udp = "turn:call.example:3478?transport=udp";
        let everywhere = "0.0.0.0:3478";
        let plain = told("call.example:8080", false, everywhere, Tls::Off);
        assert_eq!(plain, [udp, "turn:call.example:8080?transport=tcp"]);
        let signed = told("call.example", false, everywhere, Tls::Signed);
        assert_eq!(signed, [udp, "turns:call.example:443?transport=tcp"]);
        assert_eq!(told("call.example", true, everywhere, Tls::Off), [udp]);
    }

    #[test]
    fn where_a_browser_may_not_speak_tls_it_is_told_of_tcp_too() {
        let [udp, tls, tcp] = [
            "turn:[fd00::1]:3478?transport=udp",
            "turns:[fd00::1]:8443?transport=tcp",
            "turn:[fd00::1]:8443?transport=tcp",
        ];
        assert_eq!(told("[fd00::1]:8443", false, "[::]:3478", Tls::Signed), [udp, tls, tcp]);
        let self_signed = told("kitchen.local:8443", false, "[::]:3478", Tls::SelfSigned);
        assert_eq!(self_signed.len(), 3);
    }

    #[test]
    fn a_relay_for_this_machine_is_told_to_this_machine_only() {
        assert_eq!(told("localhost:8080", false, "127.0.0.1:3478", Tls::Off).len(), 2);
        assert_eq!(told("127.0.0.1", false, "127.0.0.1:3478", Tls::Off).len(), 2);
        assert!(told("call.example", true, "127.0.0.1:3478", Tls::Off).is_empty());
        assert!(told("", false, "0.0.0.0:3478", Tls::Off).is_empty());
    }
}
