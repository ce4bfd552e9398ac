//! The URLs of the TURN server for browsers (RFC 7065). Pure.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;

use crate::server::net::host::{RequestedHost, bracketed, host_name};

/// How pages are served, and so how streams reach the TURN server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamSecurity {
    Plain,
    /// TLS with a certificate that browsers do not trust.
    SelfSigned,
    /// TLS with a certificate of a certificate authority.
    Signed,
}

/// Returns the URLs for a browser that reached the pages at this host; `None` if it cannot reach the TURN
/// server, because UDP is bound to loopback and a proxy passes on no streams.
pub(super) fn urls(
    RequestedHost { host, is_proxied }: &RequestedHost,
    udp: SocketAddr,
    security: StreamSecurity,
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
    // Streams use the port of the pages.
    let port = host.parse::<Authority>().ok()?.port_u16();
    let port = port.unwrap_or(if security == StreamSecurity::Plain { 80 } else { 443 });
    if security != StreamSecurity::Plain {
        urls.push(format!("turns:{name}:{port}?transport=tcp"));
    }
    // Browsers refuse `turns:` with a certificate that they do not trust, even after a warning was accepted,
    // and Firefox refuses it at an IP address.
    if security != StreamSecurity::Signed || ip.is_some() {
        urls.push(format!("turn:{name}:{port}?transport=tcp"));
    }
    Some(urls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn urls_for(host: &str, is_proxied: bool, udp: &str, security: StreamSecurity) -> Vec<String> {
        let requested = RequestedHost { host: host.into(), is_proxied };
        urls(&requested, udp.parse().unwrap(), security).unwrap_or_default()
    }

    #[test]
    fn streams_come_as_pages_do() {
        let udp = "turn:call.example:3478?transport=udp";
        let everywhere = "0.0.0.0:3478";
        let plain = urls_for("call.example:8080", false, everywhere, StreamSecurity::Plain);
        assert_eq!(plain, [udp, "turn:call.example:8080?transport=tcp"]);
        let signed = urls_for("call.example", false, everywhere, StreamSecurity::Signed);
        assert_eq!(signed, [udp, "turns:call.example:443?transport=tcp"]);
        assert_eq!(urls_for("call.example", true, everywhere, StreamSecurity::Plain), [udp]);
    }

    #[test]
    fn browsers_that_refuse_turns_are_given_plain_tcp_too() {
        let [udp, tls, tcp] = [
            "turn:[fd00::1]:3478?transport=udp",
            "turns:[fd00::1]:8443?transport=tcp",
            "turn:[fd00::1]:8443?transport=tcp",
        ];
        assert_eq!(urls_for("[fd00::1]:8443", false, "[::]:3478", StreamSecurity::Signed), [udp, tls, tcp]);
        let self_signed = urls_for("kitchen.local:8443", false, "[::]:3478", StreamSecurity::SelfSigned);
        assert_eq!(self_signed.len(), 3);
    }

    #[test]
    fn a_relay_on_loopback_is_given_to_local_browsers_only() {
        assert_eq!(urls_for("localhost:8080", false, "127.0.0.1:3478", StreamSecurity::Plain).len(), 2);
        assert_eq!(urls_for("127.0.0.1", false, "127.0.0.1:3478", StreamSecurity::Plain).len(), 2);
        assert!(urls_for("call.example", true, "127.0.0.1:3478", StreamSecurity::Plain).is_empty());
        assert!(urls_for("", false, "0.0.0.0:3478", StreamSecurity::Plain).is_empty());
    }
}
