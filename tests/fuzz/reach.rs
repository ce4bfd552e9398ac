//! Which peers clients may reach, as lists of networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IP addresses of relayed addresses.
pub const RELAY_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(5, 6, 7, 8));
pub const RELAY_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2A00, 0x1450, 0, 0, 0, 0, 0, 1));

const NEVER: [(&str, u32); 29] = [
    ("0.0.0.0", 8),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.88.99.0", 24),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("224.0.0.0", 3),
    ("::", 3),
    ("2001::", 23),
    ("2001:db8::", 32),
    ("3fff::", 20),
    ("4000::", 2),
    ("8000::", 2),
    ("c000::", 3),
    ("e000::", 4),
    ("f000::", 5),
    ("f800::", 6),
    ("fe00::", 9),
    ("fe80::", 10),
    ("fec0::", 10),
    ("ff00::", 8),
    ("168.63.129.16", 32),
    ("100.100.100.200", 32),
    ("fd00:ec2::254", 128),
    ("fd20:ce::254", 128),
    ("5.6.7.8", 32), // except relayed addresses, if not embedded in IPv6
];
const PRIVATE: [(&str, u32); 6] = [
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("100.64.0.0", 10),
    ("fc00::", 7),
    ("5.6.7.0", 24), // the network of the server
];
/// Networks whose addresses embed an IPv4 address, and its offset.
const EMBEDDING: [(&str, u32, usize); 4] =
    [("::ffff:0:0", 96, 12), ("64:ff9b::", 96, 12), ("2002::", 16, 2), ("::", 96, 12)];

/// Returns whether packets may be sent to this address.
pub fn is_reachable(ip: IpAddr, private: bool) -> bool {
    if ip == RELAY_V4 || ip == RELAY_V6 {
        return true;
    }
    let embedding = EMBEDDING.iter().find(|(network, bits, _)| is_in(ip, network, *bits));
    let ip = match (ip, embedding) {
        (IpAddr::V6(v6), Some((.., at))) if !v6.is_unspecified() && !v6.is_loopback() => {
            let octets = v6.octets();
            IpAddr::from([octets[*at], octets[at + 1], octets[at + 2], octets[at + 3]])
        }
        _ => ip,
    };
    let is_in_one_of = |list: &[(&str, u32)]| list.iter().any(|(network, bits)| is_in(ip, network, *bits));
    !is_in_one_of(&NEVER) && (private || !is_in_one_of(&PRIVATE))
}

fn is_in(ip: IpAddr, network: &str, bits: u32) -> bool {
    match (ip, network.parse().expect("an address")) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => (ip.to_bits() ^ network.to_bits()) >> (32 - bits) == 0,
        (IpAddr::V6(ip), IpAddr::V6(network)) => {
            (ip.to_bits() ^ network.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}
