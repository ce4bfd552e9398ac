//! The shell of the TURN server ([`crate::turn`]): its sockets for clients and the relayed ones. Streams come
//! from `net::connections`.
//!
//! The core handles one packet under a lock. The shell sends it after the lock is released, and drops it if
//! the socket is not ready.

mod address;
mod outgoing;
pub(crate) mod settings;
mod sockets;
mod stream;
mod urls;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tokio::{
    net::UdpSocket,
    task::JoinSet,
    time::{Instant, interval, sleep},
};

pub(super) use self::address::find as addresses_for;
use self::{
    outgoing::Outgoing,
    settings::TurnSettings,
    sockets::{Listening, Ports},
    urls::{StreamSecurity, urls},
};
use crate::{
    protocol::IceServer,
    sansio::Millis,
    server::{net::host::RequestedHost, tls::Certificate},
    turn::{
        AddressFamilies, ClientSocket, Command, HEADROOM, Now, PeerSocket, Secret, Stats, Transport,
        TurnConfig, TurnServer,
    },
};

/// The default port of STUN and TURN (RFC 8489, section 18.6).
pub(super) const PORT: u16 = 3478;
/// How often expired allocations are deleted and the addresses of this machine read.
const TICK: Duration = Duration::from_secs(1);
/// The longest datagram, with room for header and padding.
const BUFFER: usize = HEADROOM + 65_536 + 4;
/// The delay after a read error.
const READ_BACKOFF: Duration = Duration::from_millis(10);
/// Each allocation has a socket and a buffer.
const MAX_ALLOCATIONS: usize = 4_000;
/// Enough for an office that shares an address.
const MAX_PER_NETWORK: usize = MAX_ALLOCATIONS / 4;
/// A user has a connection to each other person in the room. Each connection may allocate over several
/// transports and interfaces, and again after a change of network.
const ALLOCATIONS_PER_CONNECTION: usize = 12;
/// Enough for an office that shares an address; at most 10 kB per second to a victim of forged addresses.
const UNAUTHENTICATED_PER_SECOND: u32 = 100;

/// A TURN server with its sockets.
#[derive(Debug)]
pub struct Relay {
    state: Mutex<State>,
    listening: Vec<Listening>,
    ports: Ports,
    /// Without configured addresses: the address that the server listens at.
    detect_from: Option<IpAddr>,
    secret: Secret,
    started: Instant,
}

#[derive(Debug)]
struct State {
    turn: TurnServer<Arc<UdpSocket>>,
    /// The send queues of clients that are connected by a stream.
    streams: HashMap<ClientSocket, Arc<Outgoing>>,
    /// The tasks that read the relayed sockets of a client.
    readers: HashMap<ClientSocket, JoinSet<()>>,
}

impl Relay {
    /// Opens the sockets for clients. `pages` is where pages are served, `people` the capacity of a room. An
    /// error comes with the address that could not be opened.
    pub fn open(
        settings: &TurnSettings,
        pages: SocketAddr,
        people: u32,
        key: &[u8; 32],
    ) -> Result<Option<Self>, (SocketAddr, io::Error)> {
        if settings.off {
            return Ok(None);
        }
        let listen = settings.listen.unwrap_or_else(|| SocketAddr::new(pages.ip(), PORT));
        let listening =
            sockets::listen(listen, settings.listen.is_none()).map_err(|error| (listen, error))?;
        let addresses = settings.addresses.clone();
        let relay_addresses = if addresses.is_empty() { address::find(listen.ip()) } else { addresses };
        let secret = secret_of(key);
        let config = TurnConfig {
            relay_addresses,
            policy: settings.policy,
            max_per_user: ALLOCATIONS_PER_CONNECTION * usize::try_from(people).unwrap_or(2),
            max_per_network: MAX_PER_NETWORK,
            max_allocations: MAX_ALLOCATIONS,
            unauthenticated_per_second: UNAUTHENTICATED_PER_SECOND,
        };
        let mut turn = TurnServer::new(config, secret.clone());
        turn.set_own_networks(address::networks().map_err(|error| (listen, error))?);
        let state = State { turn, streams: HashMap::new(), readers: HashMap::new() };
        Ok(Some(Self {
            state: Mutex::new(state),
            listening,
            ports: Ports(settings.ports.clone()),
            detect_from: settings.addresses.is_empty().then_some(listen.ip()),
            secret,
            started: Instant::now(),
        }))
    }

    /// Returns the number of allocations, and the counters.
    pub(super) fn stats(&self) -> (usize, Stats) {
        let state = self.lock();
        (state.turn.allocation_count(), state.turn.stats())
    }

    /// Returns the UDP addresses for clients.
    pub fn listening_at(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.listening.iter().map(|listening| listening.local)
    }

    /// Returns the entry for a browser's `iceServers`, with a login that is valid until `expiry`; `None` if
    /// the browser cannot reach this server.
    pub(super) fn ice_server(
        &self,
        requested: &RequestedHost,
        certificate: Option<&Certificate>,
        id: &str,
        expiry: u64,
    ) -> Option<IceServer> {
        let security = match certificate {
            None => StreamSecurity::Plain,
            Some(certificate) if certificate.is_signed_by_another() => StreamSecurity::Signed,
            Some(_) => StreamSecurity::SelfSigned,
        };
        let urls = urls(requested, self.listening.first()?.local, security)?;
        let login = self.secret.login(id, expiry);
        Some(IceServer { urls, username: Some(login.username), credential: Some(login.password) })
    }

    /// Serves UDP clients and deletes expired allocations, for as long as it is polled.
    pub(super) async fn run(self: &Arc<Self>) {
        let mut tasks = JoinSet::new();
        for at in 0..self.listening.len() {
            let relay = Arc::clone(self);
            tasks.spawn(async move { relay.read_clients(at).await });
        }
        let mut ticks = interval(TICK);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                // It never ends by itself.
                _ = tasks.join_next() => return,
            }
            let (now, own, found) = (self.now(), address::networks(), self.detect_from.map(address::find));
            let mut state = self.lock();
            // On an error, as when no file descriptor is free, the last known addresses stay.
            if let Ok(own) = own {
                state.turn.set_own_networks(own);
            }
            if let Some(found) = found.filter(|found| !found.is_empty()) {
                state.turn.set_relay_addresses(found);
            }
            state.turn.handle_timeout(now.steady);
            state.close_deleted();
        }
    }

    async fn read_clients(self: &Arc<Self>, at: usize) {
        let Some(Listening { local, socket }) = self.listening.get(at) else { return };
        let mut buffer = vec![0; BUFFER];
        loop {
            let Ok((length, remote)) = socket.recv_from(&mut buffer).await else {
                sleep(READ_BACKOFF).await;
                continue;
            };
            let client = ClientSocket { transport: Transport::Udp, remote, local: *local };
            let reply = buffer.get(..length).and_then(|bytes| self.handle(client, bytes));
            if let Some(reply) = reply {
                sockets::send(socket, &reply, remote);
            }
        }
    }

    /// Handles a datagram or frame from a client. Returns the response.
    fn handle(self: &Arc<Self>, client: ClientSocket, bytes: &[u8]) -> Option<Vec<u8>> {
        let command = {
            let mut state = self.lock();
            let command = state.turn.handle_client_input(self.now(), client, bytes);
            state.close_deleted();
            command
        };
        match command {
            Command::Discard => None,
            Command::Reply(reply) => Some(reply),
            Command::SendToPeer { socket, peer, data } => {
                sockets::send(&socket, bytes.get(data)?, peer.0);
                None
            }
            Command::SendToClient { client: other, frame } => {
                self.send_to(other, &frame);
                None
            }
            Command::CreateAllocation(families) => self.allocate(client, families),
        }
    }

    /// Opens the sockets of an allocation and reads them until it is deleted. Returns the response.
    fn allocate(self: &Arc<Self>, client: ClientSocket, families: AddressFamilies) -> Option<Vec<u8>> {
        let open = |wanted: bool, is_v4: bool| {
            let address = wanted.then(|| self.lock().turn.relay_address(is_v4)).flatten();
            address.and_then(|address| self.ports.open(address))
        };
        let (v4, v6) = (open(families.v4, true), open(families.v6, false));
        let mut state = self.lock();
        let response = state.turn.handle_allocation_created(self.now(), client, v4.clone(), v6.clone());
        if state.turn.has_allocation(client) {
            let outgoing = state.streams.get(&client).cloned();
            let read = |(_, socket)| Arc::clone(self).read_peers(client, outgoing.clone(), socket);
            state.readers.insert(client, v4.into_iter().chain(v6).map(read).collect());
        }
        response
    }

    async fn read_peers(
        self: Arc<Self>,
        client: ClientSocket,
        outgoing: Option<Arc<Outgoing>>,
        socket: Arc<UdpSocket>,
    ) {
        let mut buffer = vec![0; BUFFER];
        loop {
            let Some(place) = buffer.get_mut(HEADROOM..) else { return };
            let Ok((length, peer)) = socket.recv_from(place).await else {
                sleep(READ_BACKOFF).await;
                continue;
            };
            let peer = PeerSocket(peer);
            let frame =
                self.lock().turn.handle_peer_traffic(self.now().steady, client, peer, &mut buffer, length);
            match (frame.and_then(|range| buffer.get(range)), &outgoing) {
                (Some(frame), Some(outgoing)) => outgoing.offer(frame),
                (Some(frame), None) => self.send_datagram(client, frame),
                (None, _) => {}
            }
        }
    }

    fn send_to(&self, client: ClientSocket, frame: &[u8]) {
        if client.transport == Transport::Udp {
            return self.send_datagram(client, frame);
        }
        let outgoing = self.lock().streams.get(&client).cloned();
        if let Some(outgoing) = outgoing {
            outgoing.offer(frame);
        }
    }

    fn send_datagram(&self, client: ClientSocket, frame: &[u8]) {
        let listening = self.listening.iter().find(|listening| listening.local == client.local);
        if let Some(listening) = listening {
            sockets::send(&listening.socket, frame, client.remote);
        }
    }

    fn now(&self) -> Now {
        let steady = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Now { steady: Millis(steady), unix }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Closes the sockets of deleted allocations.
    fn close_deleted(&mut self) {
        while let Some(client) = self.turn.poll_deleted() {
            self.readers.remove(&client);
        }
    }
}

/// Derives the secret of TURN logins from the server's key, so that logins survive a restart.
fn secret_of(key: &[u8; 32]) -> Secret {
    // HMAC accepts keys of any length: the error is for other MACs.
    let mac =
        Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(b"turn").finalize().into_bytes());
    Secret::new(mac.unwrap_or_default().to_vec())
}
