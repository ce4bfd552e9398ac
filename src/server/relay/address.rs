//! Under which addresses this machine is known to others, as far as it can know.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

use if_addrs::{IfAddr, Interface};
use ipnet::IpNet;

/// Addresses for a server that listens there, at most one of each family.
pub(crate) fn find(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    let v4 = || source_towards(Ipv4Addr::new(192, 88, 99, 1).into()).or_else(|| any_address(true));
    let v6 = || source_towards(Ipv6Addr::new(0x2001, 0x4860, 0, 0, 0, 0, 0, 1).into());
    let found = [v4(), listen.is_ipv6().then(v6).flatten()];
    found.into_iter().flatten().collect()
}

/// Every address of this machine at this moment, with the network it is in.
pub(super) fn networks() -> io::Result<Vec<IpNet>> {
    let network = |interface: Interface| match interface.addr {
        IfAddr::V4(v4) => IpNet::new(v4.ip.into(), v4.prefixlen),
        IfAddr::V6(v6) => IpNet::new(v6.ip.into(), v6.prefixlen),
    };
    Ok(if_addrs::get_if_addrs()?.into_iter().filter_map(|interface| network(interface).ok()).collect())
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
    let addresses = networks().unwrap_or_default().into_iter().map(|network| network.addr());
    addresses.into_iter().find(|ip| ip.is_ipv4() == v4 && !ip.is_loopback())
}
