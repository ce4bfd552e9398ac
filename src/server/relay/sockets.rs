//! UDP sockets: those for clients, and relayed ones at ports of a range.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use super::address;
use crate::turn::AllocationPort;

/// Socket buffer for all clients: half a second of ten calls.
const CLIENTS_BYTES: usize = 4 * 1024 * 1024;
/// Socket buffer for the peers of one client: half a second of one call.
const PEERS_BYTES: usize = 512 * 1024;
/// Ports to try before an allocation is refused.
const ATTEMPTS: usize = 64;

/// A socket for clients.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) local: SocketAddr,
    pub(super) socket: Arc<UdpSocket>,
}

/// The range of ports of relayed addresses.
#[derive(Debug)]
pub(super) struct Ports(pub(super) RangeInclusive<u16>);

impl Ports {
    /// Opens a socket at a random free port: at this address if it is one of this machine, else, behind NAT,
    /// at every address. Trying to bind would not tell, because some systems allow to bind to foreign
    /// addresses.
    pub(super) fn open(&self, address: IpAddr) -> Option<(AllocationPort, Arc<UdpSocket>)> {
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let is_ours = address::networks().is_ok_and(|own| own.iter().any(|own| own.addr() == address));
        let address = if is_ours { address } else { any };
        let (first, count) = (*self.0.start(), u32::try_from(self.0.len()).ok()?);
        // RFC 8656, section 7.2: not predictable for peers.
        let mut attempts = std::iter::repeat_with(|| getrandom::u32().unwrap_or(0)).take(ATTEMPTS);
        let opened = attempts.find_map(|random| {
            let port = first + u16::try_from(random % count).ok()?;
            match bind(SocketAddr::new(address, port), PEERS_BYTES) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => None,
                bound => Some(bound.map(|socket| (AllocationPort(port), Arc::new(socket)))),
            }
        });
        opened?.inspect_err(|error| tracing::warn!(%error, "TURN: cannot open a relayed socket")).ok()
    }
}

/// Opens the sockets for clients: one, or two for the unspecified address of IPv6. `or_another` allows
/// another port.
pub(super) fn listen(address: SocketAddr, or_another: bool) -> io::Result<Vec<Listening>> {
    match listen_at(address) {
        Err(error) if or_another && error.kind() == io::ErrorKind::AddrInUse => {
            tracing::warn!(
                "TURN: UDP {address} is in use, listening at another port, which a firewall may block"
            );
            listen_at(SocketAddr::new(address.ip(), 0))
        }
        listening => listening,
    }
}

fn listen_at(address: SocketAddr) -> io::Result<Vec<Listening>> {
    let open = |address: SocketAddr| {
        let socket = Arc::new(bind(address, CLIENTS_BYTES)?);
        io::Result::Ok(Listening { local: socket.local_addr()?, socket })
    };
    let first = open(address)?;
    if address.ip() != Ipv6Addr::UNSPECIFIED {
        return Ok(vec![first]);
    }
    let second = open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), first.local.port()))?;
    Ok(vec![first, second])
}

/// Sends a datagram, or drops it if the socket is not ready. Bypasses `try_send_to` of tokio, which regards a
/// new socket as not ready.
pub(super) fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) {
    if let Err(error) = SockRef::from(socket).send_to(bytes, &to.into()) {
        tracing::trace!(%error, "a datagram was dropped");
    }
}

fn bind(address: SocketAddr, buffer_bytes: usize) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // IPv4 has its own socket, so that there are no IPv4-mapped addresses.
        socket.set_only_v6(true)?;
    }
    // Best effort: the system may allow less.
    let _ = socket.set_recv_buffer_size(buffer_bytes);
    let _ = socket.set_send_buffer_size(buffer_bytes);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[tokio::test]
    async fn peers_hear_from_the_relayed_address_unless_a_router_has_it() {
        let ports = Ports(49_152..=65_535);
        let heard_from = |address: &str| {
            let (AllocationPort(port), socket) = ports.open(address.parse().unwrap()).unwrap();
            assert_eq!(socket.local_addr().unwrap().port(), port);
            socket.local_addr().unwrap().ip().to_string()
        };
        assert_eq!(heard_from("127.0.0.1"), "127.0.0.1");
        assert_eq!(heard_from("203.0.113.7"), "0.0.0.0");
    }
}
