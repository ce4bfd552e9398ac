//! UDP sockets: those for clients, and those for peers, at ports of a range.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use super::{Listening, address};

/// What the system keeps of all clients while a task is busy: half a second of ten calls.
const CLIENTS_BYTES: usize = 4 * 1024 * 1024;
/// And of the peers of one: half a second of one call.
const PEERS_BYTES: usize = 512 * 1024;
/// Ports that are tried before an allocation is refused.
const TRIES: usize = 64;

/// The ports at which peers are reached.
#[derive(Debug)]
pub(super) struct Ports(pub(super) RangeInclusive<u16>);

impl Ports {
    /// A socket at one of them, at this address if this machine has it: a router in front may have it instead. To try it
    /// out would not do, for some systems let programs have addresses that are not theirs.
    pub(super) fn open(&self, address: IpAddr) -> Option<(u16, Arc<UdpSocket>)> {
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let is_ours = address::networks().is_ok_and(|own| own.iter().any(|own| own.addr() == address));
        let address = if is_ours { address } else { any };
        let (first, count) = (*self.0.start(), u32::try_from(self.0.len()).ok()?);
        // By chance: a peer must not know the next one.
        let mut tries = std::iter::repeat_with(|| getrandom::u32().unwrap_or(0)).take(TRIES);
        let opened = tries.find_map(|random| {
            let port = first + u16::try_from(random % count).ok()?;
            match bind(SocketAddr::new(address, port), PEERS_BYTES) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => None,
                bound => Some(bound.map(|socket| (port, Arc::new(socket)))),
            }
        });
        opened?.inspect_err(|error| tracing::warn!(%error, "TURN: no socket for a relay")).ok()
    }
}

/// Sockets for clients: one, or two if it is for every address of both families. If `or_another` the port is a wish.
pub(super) fn listen(wished: SocketAddr, or_another: bool) -> io::Result<Vec<Listening>> {
    match listen_at(wished) {
        Err(error) if or_another && error.kind() == io::ErrorKind::AddrInUse => {
            tracing::warn!(
                "TURN: UDP {wished} is in use, so there is another port; a firewall may not know it"
            );
            listen_at(SocketAddr::new(wished.ip(), 0))
        }
        listening => listening,
    }
}

fn listen_at(wished: SocketAddr) -> io::Result<Vec<Listening>> {
    let open = |address: SocketAddr| {
        let socket = Arc::new(bind(address, CLIENTS_BYTES)?);
        io::Result::Ok(Listening { local: socket.local_addr()?, socket })
    };
    let first = open(wished)?;
    if wished.ip() != Ipv6Addr::UNSPECIFIED {
        return Ok(vec![first]);
    }
    let second = open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), first.local.port()))?;
    Ok(vec![first, second])
}

/// Sends a datagram if the system takes it at once. Not by tokio's own `try_send_to`, which takes a new socket for busy.
pub(super) fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) {
    if let Err(error) = SockRef::from(socket).send_to(bytes, &to.into()) {
        tracing::trace!(%error, "a datagram was not sent");
    }
}

fn bind(address: SocketAddr, buffer_bytes: usize) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // IPv4 has sockets of its own: its addresses must not come in the clothes of IPv6.
        socket.set_only_v6(true)?;
    }
    // As far as the system allows.
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
    async fn peers_hear_from_the_address_that_they_were_told_unless_a_router_has_it() {
        let ports = Ports(49_152..=65_535);
        let heard_from = |address: &str| {
            let (port, socket) = ports.open(address.parse().unwrap()).unwrap();
            assert_eq!(socket.local_addr().unwrap().port(), port);
            socket.local_addr().unwrap().ip().to_string()
        };
        assert_eq!(heard_from("127.0.0.1"), "127.0.0.1");
        assert_eq!(heard_from("203.0.113.7"), "0.0.0.0");
    }
}
