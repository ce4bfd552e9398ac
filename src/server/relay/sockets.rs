//! UDP sockets: those for clients, and those for peers, at ports of a range.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use super::Listening;

/// What the system keeps while a task is busy: half a second of ten calls.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Ports that are tried before an allocation is refused.
const TRIES: usize = 64;

/// The ports at which peers are reached.
#[derive(Debug)]
pub(super) struct Ports(pub(super) RangeInclusive<u16>);

impl Ports {
    /// A socket at one of them, at this address if this machine has it: a router in front may have it instead.
    pub(super) fn open(&self, address: IpAddr) -> Option<(u16, Arc<UdpSocket>)> {
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let (first, count) = (*self.0.start(), u32::try_from(self.0.len()).ok()?);
        // By chance: a peer must not know the next one.
        let mut tries = std::iter::repeat_with(|| getrandom::u32().unwrap_or(0)).take(TRIES);
        tries.find_map(|random| {
            let port = first + u16::try_from(random % count).ok()?;
            let socket = match bind(SocketAddr::new(address, port)) {
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
                    bind(SocketAddr::new(any, port))
                }
                bound => bound,
            };
            Some((port, Arc::new(socket.ok()?)))
        })
    }
}

/// Sockets for clients: one, or two if it is for every address of both families. If `or_another` the port is a wish.
pub(super) fn listen(wished: SocketAddr, or_another: bool) -> io::Result<Vec<Listening>> {
    let open = |address: SocketAddr| {
        let socket = Arc::new(bind(address)?);
        io::Result::Ok(Listening { local: socket.local_addr()?, socket })
    };
    let first = match open(wished) {
        Err(error) if or_another && error.kind() == io::ErrorKind::AddrInUse => {
            tracing::warn!(
                "TURN: UDP {wished} is in use, so there is another port; a firewall may not know it"
            );
            open(SocketAddr::new(wished.ip(), 0))?
        }
        opened => opened?,
    };
    let mut all = vec![first];
    if wished.ip() == Ipv6Addr::UNSPECIFIED {
        let port = all.first().map_or(0, |listening| listening.local.port());
        all.push(open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port))?);
    }
    Ok(all)
}

/// Sends a datagram if the system takes it at once. Not by tokio's own `try_send_to`, which takes a new socket for busy.
pub(super) fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) {
    if let Err(error) = SockRef::from(socket).send_to(bytes, &to.into()) {
        tracing::trace!(%error, "a datagram was not sent");
    }
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // IPv4 has sockets of its own: its addresses must not come in the clothes of IPv6.
        socket.set_only_v6(true)?;
    }
    // As far as the system allows.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
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
        assert_eq!(heard_from("127.0.0.2"), "127.0.0.2");
        assert_eq!(heard_from("203.0.113.7"), "0.0.0.0");
    }
}
