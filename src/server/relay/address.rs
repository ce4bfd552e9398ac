//! Under which addresses this machine is known to others, as far as it can know.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses for a server that listens there, at most one of each family.
pub(in crate::server) fn find(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    let v4 = || source_towards(Ipv4Addr::new(192, 88, 99, 1).into()).or_else(|| any_address(true));
    let v6 = || source_towards(Ipv6Addr::new(0x2001, 0x4860, 0, 0, 0, 0, 0, 1).into());
    let found = [v4(), listen.is_ipv6().then(v6).flatten()];
    found.into_iter().flatten().collect()
}

/// Every address of this machine at this moment.
pub(super) fn all() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.iter().map(if_addrs::Interface::ip).collect()
}

/// Which address this machine would use on the way there. Nothing is sent.
fn source_towards(somewhere: IpAddr) -> Option<IpAddr> {
    let any: IpAddr =
        if somewhere.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(somewhere, 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

/// Without a way to the internet: the first address that is not only for this machine.
fn any_address(v4: bool) -> Option<IpAddr> {
    all().into_iter().find(|ip| ip.is_ipv4() == v4 && !ip.is_loopback())
}
