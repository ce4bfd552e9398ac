//! The addresses of this machine, as far as it knows them.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

use if_addrs::{IfAddr, Interface};
use ipnet::IpNet;

/// Returns the addresses of a server that listens here, at most one per family.
pub(crate) fn find(listen: IpAddr) -> Vec<IpAddr> {
    if !listen.is_unspecified() {
        return vec![listen];
    }
    let v4 = || source_address(Ipv4Addr::new(192, 88, 99, 1).into()).or_else(|| first_address(true));
    let v6 = || source_address(Ipv6Addr::new(0x2001, 0x4860, 0, 0, 0, 0, 0, 1).into());
    let found = [v4(), listen.is_ipv6().then(v6).flatten()];
    found.into_iter().flatten().collect()
}

/// Returns every current address of this machine, with its network.
pub(super) fn networks() -> io::Result<Vec<IpNet>> {
    let network = |interface: Interface| match interface.addr {
        IfAddr::V4(v4) => IpNet::new(v4.ip.into(), v4.prefixlen),
        IfAddr::V6(v6) => IpNet::new(v6.ip.into(), v6.prefixlen),
    };
    Ok(if_addrs::get_if_addrs()?.into_iter().filter_map(|interface| network(interface).ok()).collect())
}

/// Returns the source address of packets to this destination. Sends nothing.
fn source_address(destination: IpAddr) -> Option<IpAddr> {
    let any: IpAddr =
        if destination.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(destination, 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

/// Returns the first address that is not a loopback address, for machines without a default route.
fn first_address(v4: bool) -> Option<IpAddr> {
    let addresses = networks().unwrap_or_default().into_iter().map(|network| network.addr());
    addresses.into_iter().find(|ip| ip.is_ipv4() == v4 && !ip.is_loopback())
}
