//! UDP sockets: those for clients, and relayed ones at ports of a range.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::RangeInclusive,
    sync::Arc,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use crate::turn::AllocationPort;

/// Sockets at each address for clients. The system chooses one by the addresses and ports of a packet: what
/// overflows the buffer of one delays and loses nothing at the others.
const SOCKETS_AT_ADDRESS: usize = 8;
/// Buffer of each of them: half a second of three calls.
const CLIENTS_BYTES: usize = 1024 * 1024;
/// Socket buffer for the peers of one client: half a second of one call.
const PEERS_BYTES: usize = 512 * 1024;
/// Ports to try before an allocation is refused.
const ATTEMPTS: usize = 64;

/// The sockets for clients at one address.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) local: SocketAddr,
    pub(super) sockets: Vec<Arc<UdpSocket>>,
}

/// The range of ports of relayed addresses.
#[derive(Debug)]
pub(super) struct Ports(pub(super) RangeInclusive<u16>);

impl Ports {
    /// Opens a socket at a random free port: at this address if it is one of this machine (`is_ours`), else,
    /// behind NAT, at every address. Trying to bind would not tell, because some systems allow to bind to
    /// foreign addresses.
    pub(super) fn open(&self, address: IpAddr, is_ours: bool) -> Option<(AllocationPort, Arc<UdpSocket>)> {
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let address = if is_ours { address } else { any };
        let (first, count) = (*self.0.start(), u32::try_from(self.0.len()).ok()?);
        // RFC 8656, section 7.2: not predictable for peers.
        let mut attempts = std::iter::repeat_with(|| getrandom::u32().unwrap_or(0)).take(ATTEMPTS);
        let opened = attempts.find_map(|random| {
            let port = first + u16::try_from(random % count).ok()?;
            match bind(SocketAddr::new(address, port), PEERS_BYTES, false) {
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
    let open_once = |address: SocketAddr| {
        // Alone first: others may share the address of a socket that is to be shared.
        let local = bind(address, CLIENTS_BYTES, false)?.local_addr()?;
        let shared = || bind(local, CLIENTS_BYTES, true).map(Arc::new);
        let sockets = std::iter::repeat_with(shared).take(SOCKETS_AT_ADDRESS);
        io::Result::Ok(Listening { local, sockets: sockets.collect::<io::Result<_>>()? })
    };
    let open = |address: SocketAddr| match open_once(address) {
        // Another program has taken the port that the system chose, in between.
        Err(_) if address.port() == 0 => open_once(address),
        opened => opened,
    };
    let has_ipv6 = Socket::new(Domain::IPV6, Type::DGRAM, None).is_ok();
    let mut opened: Vec<Listening> = Vec::new();
    for ip in addresses(address.ip(), has_ipv6) {
        // The second one at the port of the first, which the system may have chosen.
        let port = opened.first().map_or_else(|| address.port(), |first| first.local.port());
        opened.push(open(SocketAddr::new(ip, port))?);
    }
    Ok(opened)
}

/// Returns the addresses of the sockets for this one. `[::]` includes IPv4, and is IPv4 alone on systems
/// without IPv6, as for pages.
fn addresses(listen: IpAddr, has_ipv6: bool) -> Vec<IpAddr> {
    let any_v4 = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    match (listen == Ipv6Addr::UNSPECIFIED, has_ipv6) {
        (true, true) => vec![listen, any_v4],
        (true, false) => vec![any_v4],
        (false, _) => vec![listen],
    }
}

/// Sends a datagram, or drops it if the socket is not ready. Bypasses `try_send_to` of tokio, which regards a
/// new socket as not ready.
pub(super) fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) {
    if let Err(error) = SockRef::from(socket).send_to(bytes, &to.into()) {
        tracing::trace!(%error, "a datagram was dropped");
    }
}

fn bind(address: SocketAddr, buffer_bytes: usize, is_shared: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // IPv4 has its own socket, so that there are no IPv4-mapped addresses.
        socket.set_only_v6(true)?;
    }
    // Best effort: the system may allow less.
    let _ = socket.set_recv_buffer_size(buffer_bytes);
    let _ = socket.set_send_buffer_size(buffer_bytes);
    socket.set_reuse_port(is_shared)?;
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
        let heard_from = |address: &str, is_ours| {
            let (AllocationPort(port), socket) = ports.open(address.parse().unwrap(), is_ours).unwrap();
            assert_eq!(socket.local_addr().unwrap().port(), port);
            socket.local_addr().unwrap().ip().to_string()
        };
        assert_eq!(heard_from("127.0.0.1", true), "127.0.0.1");
        assert_eq!(heard_from("203.0.113.7", false), "0.0.0.0");
    }

    #[tokio::test]
    async fn an_address_has_several_sockets_and_one_that_is_in_use_is_refused() {
        let listening = listen("127.0.0.1:0".parse().unwrap(), false).unwrap();
        let [Listening { local, sockets }] = &listening[..] else { panic!("one address") };
        assert_eq!(sockets.len(), SOCKETS_AT_ADDRESS);
        assert!(sockets.iter().all(|socket| socket.local_addr().unwrap() == *local));
        let again = listen(*local, false).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AddrInUse);
        assert_ne!(listen(*local, true).unwrap()[0].local, *local);
    }

    #[tokio::test]
    async fn clients_are_spread_over_the_sockets_and_each_stays_at_one() {
        let listening = listen("127.0.0.1:0".parse().unwrap(), false).unwrap();
        let Listening { local, sockets } = &listening[0];
        let clients: Vec<_> = (0..64).map(|_| std::net::UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        for client in clients.iter().chain(&clients) {
            client.send_to(b"to any", *local).unwrap();
        }
        let mut got = std::collections::HashMap::<SocketAddr, Vec<usize>>::new();
        let began = std::time::Instant::now();
        while got.values().flatten().count() < 2 * clients.len() {
            assert!(began.elapsed().as_secs() < 10, "{} clients were heard", got.len());
            for (at, socket) in sockets.iter().enumerate() {
                while let Ok((_, from)) = socket.try_recv_from(&mut [0; 16]) {
                    got.entry(from).or_default().push(at);
                }
            }
            tokio::task::yield_now().await;
        }
        assert!(got.values().all(|at| at.len() == 2 && at[0] == at[1]));
        let used: std::collections::HashSet<_> = got.values().map(|at| at[0]).collect();
        assert!(used.len() > SOCKETS_AT_ADDRESS / 2, "{used:?}");
    }

    #[test]
    fn every_address_is_every_ipv4_address_where_there_is_no_ipv6() {
        let [all, one]: [IpAddr; 2] = ["::", "fd00::1"].map(|ip| ip.parse().unwrap());
        let any_v4 = "0.0.0.0".parse().unwrap();
        assert_eq!(addresses(all, true), [all, any_v4]);
        assert_eq!(addresses(all, false), [any_v4]);
        assert_eq!(addresses(any_v4, false), [any_v4]);
        assert_eq!(addresses(one, false), [one], "the error names it");
    }
}
