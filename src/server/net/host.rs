//! Host names and addresses as a request names them.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// The host that a client asked for, and how the request came.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestedHost {
    /// Name or address, and perhaps a port.
    pub(crate) host: Box<str>,
    /// Through a proxy, which passes on no streams but those of HTTP.
    pub(crate) is_proxied: bool,
}

/// A host as it stands in a URL: IPv6 addresses in brackets.
pub(crate) fn bracketed(name: &str) -> Cow<'_, str> {
    if name.contains(':') { format!("[{name}]").into() } else { name.into() }
}

/// The name or address in a `Host` header, without port and brackets.
pub(crate) fn host_name(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

/// Whether this text looks like a host: in a policy it cannot end a directive.
pub(crate) fn is_host(text: &str) -> bool {
    // Underscores are in no host name (RFC 952), but containers and Windows machines have such names.
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    !host_name(text).is_empty() && text.bytes().all(allowed)
}

/// Whether this is a public DNS name, where other services may run at other ports.
pub(crate) fn is_public_name(name: &str) -> bool {
    let is_local = name.ends_with(".local") || name.ends_with(".localhost");
    name.contains('.') && !name.contains(':') && !is_local && name.parse::<IpAddr>().is_err()
}

pub(crate) fn is_private_host(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(is_private)
}

/// Loopback, RFC 1918, and unique local IPv6 (RFC 4193). Not link-local: such an address needs a zone, which
/// URLs lack.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || Ipv4Addr::is_private(&v4),
        IpAddr::V6(v6) => v6.is_loopback() || Ipv6Addr::is_unique_local(&v6),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is taken for a host can stand in a policy and in a URL.
        #[test]
        fn a_host_ends_no_directive_and_no_authority(text in "([a-z0-9._:\\[\\]-]{0,12}|\\PC{0,12})") {
            if is_host(&text) {
                prop_assert!(!text.contains([' ', ';', ',', '/', '?', '#', '@', '\\', '"', '\'', '<']));
                prop_assert!(text.is_ascii() && !host_name(&text).is_empty());
            }
        }

        #[test]
        fn the_name_of_a_host_has_no_port(address in any::<IpAddr>(), port in any::<u16>()) {
            let host = std::net::SocketAddr::new(address, port).to_string();
            prop_assert!(is_host(&host));
            prop_assert_eq!(host_name(&host).parse::<IpAddr>(), Ok(address));
            prop_assert_eq!(is_private_host(host_name(&host)), is_private(address));
            prop_assert!(!is_public_name(host_name(&host)));
        }
    }
}
