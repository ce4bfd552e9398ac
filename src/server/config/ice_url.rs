//! URLs of STUN and TURN servers (RFC 7064, RFC 7065). A browser that is told one which it does not accept
//! makes no connection at all (W3C webrtc, section 4.4.1.6).

use std::net::Ipv6Addr;

/// Returns whether browsers accept this URL.
pub(super) fn is_ice_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let (server, query) = match rest.split_once('?') {
        Some((server, query)) => (server, Some(query)),
        None => (rest, None),
    };
    let is_query_allowed = match scheme {
        "stun" | "stuns" => query.is_none(),
        "turn" | "turns" => query.is_none_or(|query| matches!(query, "transport=udp" | "transport=tcp")),
        _ => false,
    };
    is_query_allowed && is_server(server)
}

/// `host`, `host:port`, `[address]` or `[address]:port`.
fn is_server(server: &str) -> bool {
    let (is_host, port) = match server.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else { return false };
            let Some(port) = after.strip_prefix(':').map(Some).or_else(|| after.is_empty().then_some(None))
            else {
                return false;
            };
            (address.parse::<Ipv6Addr>().is_ok(), port)
        }
        None => match server.split_once(':') {
            Some((host, port)) => (is_name(host), Some(port)),
            None => (is_name(server), None),
        },
    };
    is_host && port.is_none_or(is_port)
}

/// A DNS name or an IPv4 address.
fn is_name(host: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    host.starts_with(|first: char| first.is_ascii_alphanumeric()) && host.bytes().all(is_allowed)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_accept_is_accepted() {
        for url in [
            "stun:a.example",
            "stun:a.example:3478",
            "stuns:192.0.2.1:5349",
            "turn:[2001:db8::1]",
            "turn:[2001:db8::1]:3478?transport=tcp",
            "turns:turn_1.example:443?transport=tcp",
            "turn:a.example?transport=udp",
        ] {
            assert!(is_ice_url(url), "{url}");
        }
    }

    #[test]
    fn what_a_browser_refuses_is_refused() {
        for url in [
            "",
            "stun",
            "stun:",
            "http://a.example",
            "stun://a.example",
            "stun:a.example?transport=udp",
            "turn:a.example?transport=tls",
            "turn:a.example?transport=tcp&x=1",
            "turn:a.example?",
            "turn:a.example:99999",
            "turn:a.example:0",
            "turn:a.example:+1",
            "turn:a.example:",
            "turn:a.example:1:2",
            "turn:2001:db8::1",
            "turn:[2001:db8::1",
            "turn:[2001:db8::1]x",
            "turn:[a.example]",
            "turn:user@a.example",
            "turn:a example",
            "turn:a.example/x",
            "turn:ä.example",
            "xturn:a.example",
        ] {
            assert!(!is_ice_url(url), "{url}");
        }
    }
}
