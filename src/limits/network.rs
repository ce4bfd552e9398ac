//! The networks that an address belongs to, from one subscriber to what one customer of a provider is given.

use std::net::{IpAddr, Ipv6Addr};

/// How much of the address space counts as one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// An IPv4 address or an IPv6 /64: one subscriber, or an office behind one address.
    Address,
    /// An IPv4 /24 or an IPv6 /56: what one customer can easily get.
    Site,
    /// An IPv6 /48, the largest prefix that a customer is given (RFC 6177). IPv4 has no such scope.
    Wide,
    /// Everybody.
    All,
}

impl Scope {
    /// Returns the name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Site => "site",
            Self::Wide => "wide",
            Self::All => "all",
        }
    }
}

/// A network: its scope and its first address.
pub(super) type Network = (Scope, IpAddr);

/// Returns the networks of an address, the smallest first. An IPv4-mapped address is an IPv4 address.
pub(super) fn networks_of(ip: IpAddr) -> impl Iterator<Item = Network> {
    let scopes: &[Scope] = match ip.to_canonical() {
        IpAddr::V4(_) => &[Scope::Address, Scope::Site],
        IpAddr::V6(_) => &[Scope::Address, Scope::Site, Scope::Wide],
    };
    scopes.iter().map(move |scope| (*scope, network_of(ip, *scope)))
}

/// Returns the first address of the network of this scope.
pub fn network_of(ip: IpAddr, scope: Scope) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            match scope {
                Scope::Address => v4.into(),
                Scope::Site => [a, b, c, 0].into(),
                Scope::Wide | Scope::All => [0, 0, 0, 0].into(),
            }
        }
        IpAddr::V6(v6) => {
            let host_bits = match scope {
                Scope::Address => 64,
                Scope::Site => 72,
                Scope::Wide => 80,
                Scope::All => 127,
            };
            Ipv6Addr::from(u128::from(v6) >> host_bits << host_bits).into()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_address_belongs_to_the_networks_that_contain_it() {
        let found = |ip: &str| {
            networks_of(ip.parse().unwrap()).map(|(_, first)| first.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("192.0.2.7"), ["192.0.2.7", "192.0.2.0"]);
        assert_eq!(found("::ffff:192.0.2.7"), ["192.0.2.7", "192.0.2.0"]);
        assert_eq!(found("2001:db8:1:2ab:3::4"), ["2001:db8:1:2ab::", "2001:db8:1:200::", "2001:db8:1::"]);
    }
}
