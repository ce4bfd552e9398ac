//! Which peers clients may reach: public addresses, and private ones only if allowed. `requests::check_peer`
//! adds this machine and the neighbours of its interfaces.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds give away secrets, besides addresses that are refused anyway: Azure, Alibaba, AWS and Google.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xFD20, 0xCE, 0, 0, 0, 0, 0, 0x254)),
];
/// The first port that is no system port (RFC 6335, section 6): no browser receives media below, but DNS,
/// NTP and other services do.
const FIRST_PORT: u16 = 1024;

/// Which peers clients may reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// Allows private addresses too (RFC 1918, RFC 4193, RFC 6598).
    pub private: bool,
}

impl Policy {
    /// Returns whether packets may be sent to this address.
    pub fn allows(self, peer: IpAddr) -> bool {
        match (peer, embedded_v4(peer)) {
            (IpAddr::V4(v4), _) | (IpAddr::V6(_), Some(v4)) => self.allows_v4(v4),
            (IpAddr::V6(v6), None) => self.allows_v6(v6),
        }
    }

    /// Returns whether packets may be sent to this port.
    pub(super) fn allows_port(port: u16) -> bool {
        port >= FIRST_PORT
    }

    fn allows_v4(self, ip: Ipv4Addr) -> bool {
        let [a, b, c, _] = ip.octets();
        // RFC 6598: carrier-grade NAT.
        let is_shared = a == 100 && b & 0xC0 == 64;
        let is_special = a == 0                        // this network
            || ip.is_loopback()
            || ip.is_link_local()
            || ip.is_documentation()
            || (a, b, c) == (192, 0, 0)                // protocol assignments
            || (a, b, c) == (192, 88, 99)              // 6to4 relay anycast (RFC 7526)
            || (a == 198 && b & 0xFE == 18)            // benchmarking
            || a >= 224 // multicast, reserved, broadcast
            || METADATA.contains(&ip.into());
        !is_special && (self.private || !(ip.is_private() || is_shared))
    }

    fn allows_v6(self, ip: Ipv6Addr) -> bool {
        let [first, second, ..] = ip.segments();
        // Global unicast as assigned (RFC 4291, section 2.4).
        let is_global = first & 0xE000 == 0x2000;
        let is_special = (first == 0x2001 && second < 0x0200) // Teredo, benchmarking and others (RFC 2928)
            || (first, second) == (0x2001, 0x0DB8)     // documentation
            || (first == 0x3FFF && second < 0x1000) // documentation (RFC 9637)
            || METADATA.contains(&ip.into());
        !is_special && (is_global || (self.private && ip.is_unique_local()))
    }
}

/// Returns the embedded IPv4 address: IPv4-mapped, IPv4-compatible, translated (RFC 6052) or 6to4 (RFC 3056).
pub(super) fn embedded_v4(ip: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(ip) = ip else { return None };
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xFFFF) | (0x64, 0xFF9B, 0, 0, 0, 0) => Some(of(g, h)),
        (0, 0, 0, 0, 0, 0) if (g, h) != (0, 0) && (g, h) != (0, 1) => Some(of(g, h)),
        (0x2002, high, low, ..) => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn only_the_internet_is_reached_unless_private_networks_are_allowed() {
        let internet =
            ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8", "2002:808:808::1"];
        let private = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"];
        let private_too = ["64:ff9b::a00:1", "2002:a00:1::1", "::10.0.0.1"];
        let never = [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::",
            "::1",
            "ff02::1",
            "fe80::1",
            "fec0::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "::ffff:169.254.169.254",
            "192.0.0.1",
            "192.88.99.1",
            "64:ff9b:1::a00:1",
            "::ffff:0:127.0.0.1",
            "2001:2::1",
            "2001:20::1",
            "3fff::1",
            "5f00::1",
            "fe00::1",
            "168.63.129.16",
            "::ffff:168.63.129.16",
            "100.100.100.200",
            "fd00:ec2::254",
            "fd20:ce::254",
        ];
        let is_allowed = |private: bool, ip: &str| Policy { private }.allows(ip.parse().unwrap());
        for ip in internet {
            assert!(is_allowed(false, ip) && is_allowed(true, ip), "{ip}");
        }
        for ip in private.into_iter().chain(private_too) {
            assert!(!is_allowed(false, ip) && is_allowed(true, ip), "{ip}");
        }
        for ip in never {
            assert!(!is_allowed(false, ip) && !is_allowed(true, ip), "{ip}");
        }
    }
}
