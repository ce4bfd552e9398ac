//! The sockets of the TURN server ([`crate::turn`]): those that clients reach it by, and those it reaches peers by.
//!
//! Under the lock one packet is judged; it is sent after that, and dropped if the system cannot take it at once, as
//! packets are. Streams that carry STUN come from `net::connections`.

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
    sockets::Ports,
    urls::{Tls, urls},
};
use crate::{
    protocol::IceServer,
    sansio::Millis,
    server::{net::host::RequestedHost, tls::Certificate},
    turn::{Client, Families, HEADROOM, Now, Reaction, Secret, Server, Stats, Transport, TurnConfig},
};

/// Where STUN and TURN are looked for (RFC 8489, section 18.6).
pub(super) const PORT: u16 = 3478;
/// How often to look for what has run out, and for new addresses of this machine.
const TICK: Duration = Duration::from_secs(1);
/// The longest datagram, with what is put before and after it.
const BUFFER: usize = HEADROOM + 65_536 + 4;
/// How long to wait after a socket could not be read.
const PAUSE: Duration = Duration::from_millis(10);
/// Allocations in all. Each is a socket and a buffer.
const MAX_ALLOCATIONS: usize = 4_000;
/// Enough for an office that shares an address.
const MAX_PER_NETWORK: usize = MAX_ALLOCATIONS / 4;
/// A person has a connection to everybody else, each of which may try several ways here from several networks, and once more
/// after a change of network.
const WAYS: usize = 12;
/// Enough for an office that shares an address, and no flood: at most 10 kB per second.
const ANSWERS_TO_STRANGERS: u32 = 100;

/// A TURN server with its sockets.
#[derive(Debug)]
pub struct Relay {
    state: Mutex<State>,
    listening: Vec<Listening>,
    ports: Ports,
    /// If nobody has said at which address relays are reached: where this machine listens.
    found_from: Option<IpAddr>,
    secret: Secret,
    started: Instant,
}

#[derive(Debug)]
struct Listening {
    local: SocketAddr,
    socket: Arc<UdpSocket>,
}

#[derive(Debug)]
struct State {
    turn: Server<Arc<UdpSocket>>,
    /// For clients that are connected by a stream.
    streams: HashMap<Client, Arc<Outgoing>>,
    /// The tasks that read the relay sockets of a client.
    readers: HashMap<Client, JoinSet<()>>,
}

impl Relay {
    /// Opens the sockets for clients. `listen` is where pages are served, `people` how many a room holds. An error comes with
    /// the address that could not be had.
    pub fn open(
        settings: &TurnSettings,
        listen: SocketAddr,
        people: u32,
        key: &[u8; 32],
    ) -> Result<Option<Self>, (SocketAddr, io::Error)> {
        if settings.off {
            return Ok(None);
        }
        let wished = settings.listen.unwrap_or_else(|| SocketAddr::new(listen.ip(), PORT));
        let listening =
            sockets::listen(wished, settings.listen.is_none()).map_err(|error| (wished, error))?;
        let addresses = settings.addresses.clone();
        let relay_addresses = if addresses.is_empty() { address::find(wished.ip()) } else { addresses };
        let secret = secret_of(key);
        let config = TurnConfig {
            relay_addresses,
            policy: settings.policy,
            max_per_user: WAYS * usize::try_from(people).unwrap_or(2),
            max_per_network: MAX_PER_NETWORK,
            max_allocations: MAX_ALLOCATIONS,
            answers_to_strangers: ANSWERS_TO_STRANGERS,
        };
        let mut turn = Server::new(config, secret.clone());
        turn.set_own_networks(address::networks().map_err(|error| (wished, error))?);
        let state = State { turn, streams: HashMap::new(), readers: HashMap::new() };
        Ok(Some(Self {
            state: Mutex::new(state),
            listening,
            ports: Ports(settings.ports.clone()),
            found_from: settings.addresses.is_empty().then_some(wished.ip()),
            secret,
            started: Instant::now(),
        }))
    }

    /// How many allocations there are, and what has happened so far.
    pub(super) fn stats(&self) -> (usize, Stats) {
        let state = self.lock();
        (state.turn.allocation_count(), state.turn.stats())
    }

    /// Where clients reach it by UDP.
    pub fn listening_at(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.listening.iter().map(|listening| listening.local)
    }

    /// What to tell a browser whose login is good until `expiry`; none if a proxy on this machine stands between, and datagrams
    /// come from this machine only.
    pub(super) fn ice_server(
        &self,
        requested: &RequestedHost,
        certificate: Option<&Certificate>,
        id: &str,
        expiry: u64,
    ) -> Option<IceServer> {
        let tls = match certificate {
            None => Tls::Off,
            Some(certificate) if certificate.is_signed_by_another() => Tls::Signed,
            Some(_) => Tls::SelfSigned,
        };
        let urls = urls(requested, self.listening.first()?.local, tls)?;
        let login = self.secret.login(id, expiry);
        Some(IceServer { urls, username: Some(login.username), credential: Some(login.password) })
    }

    /// Serves clients that send datagrams, and lets go of what has run out, for as long as it is polled.
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
            let (now, own, found) = (self.now(), address::networks(), self.found_from.map(address::find));
            let mut state = self.lock();
            // Without an answer, as when files run out, this machine is as it was.
            if let Ok(own) = own {
                state.turn.set_own_networks(own);
            }
            if let Some(found) = found.filter(|found| !found.is_empty()) {
                state.turn.set_relay_addresses(found);
            }
            state.turn.handle_timeout(now.steady);
            state.let_go();
        }
    }

    async fn read_clients(self: &Arc<Self>, at: usize) {
        let Some(Listening { local, socket }) = self.listening.get(at) else { return };
        let mut buffer = vec![0; BUFFER];
        loop {
            let Ok((length, remote)) = socket.recv_from(&mut buffer).await else {
                sleep(PAUSE).await;
                continue;
            };
            let client = Client { transport: Transport::Udp, remote, local: *local };
            let reply = buffer.get(..length).and_then(|bytes| self.handle(client, bytes));
            if let Some(reply) = reply {
                sockets::send(socket, &reply, remote);
            }
        }
    }

    /// Takes in a datagram or frame of a client. Returns what to answer.
    fn handle(self: &Arc<Self>, client: Client, bytes: &[u8]) -> Option<Vec<u8>> {
        let reaction = {
            let mut state = self.lock();
            let reaction = state.turn.from_client(self.now(), client, bytes);
            state.let_go();
            reaction
        };
        match reaction {
            Reaction::Nothing => None,
            Reaction::Reply(reply) => Some(reply),
            Reaction::Relay { socket, peer, data } => {
                sockets::send(&socket, bytes.get(data)?, peer);
                None
            }
            Reaction::Deliver { client: other, frame } => {
                self.send_to(other, &frame);
                None
            }
            Reaction::Allocate(families) => self.allocate(client, families),
        }
    }

    /// Opens the sockets of an allocation, and reads from them for as long as it lasts.
    fn allocate(self: &Arc<Self>, client: Client, families: Families) -> Option<Vec<u8>> {
        let open = |wanted: bool, is_v4: bool| {
            let address = wanted.then(|| self.lock().turn.relay_address(is_v4)).flatten();
            address.and_then(|address| self.ports.open(address))
        };
        let (v4, v6) = (open(families.v4, true), open(families.v6, false));
        let mut state = self.lock();
        let answer = state.turn.allocated(self.now(), client, v4.clone(), v6.clone());
        if state.turn.has_allocation(client) {
            let outgoing = state.streams.get(&client).cloned();
            let read = |(_, socket)| Arc::clone(self).read_peers(client, outgoing.clone(), socket);
            state.readers.insert(client, v4.into_iter().chain(v6).map(read).collect());
        }
        answer
    }

    async fn read_peers(
        self: Arc<Self>,
        client: Client,
        outgoing: Option<Arc<Outgoing>>,
        socket: Arc<UdpSocket>,
    ) {
        let mut buffer = vec![0; BUFFER];
        loop {
            let Some(place) = buffer.get_mut(HEADROOM..) else { return };
            let Ok((length, peer)) = socket.recv_from(place).await else {
                sleep(PAUSE).await;
                continue;
            };
            let frame = self.lock().turn.from_peer(self.now().steady, client, peer, &mut buffer, length);
            match (frame.and_then(|range| buffer.get(range)), &outgoing) {
                (Some(frame), Some(outgoing)) => outgoing.offer(frame),
                (Some(frame), None) => self.send_datagram(client, frame),
                (None, _) => {}
            }
        }
    }

    fn send_to(&self, client: Client, frame: &[u8]) {
        if client.transport == Transport::Udp {
            return self.send_datagram(client, frame);
        }
        let outgoing = self.lock().streams.get(&client).cloned();
        if let Some(outgoing) = outgoing {
            outgoing.offer(frame);
        }
    }

    fn send_datagram(&self, client: Client, frame: &[u8]) {
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
    /// Closes the sockets of allocations that have ended.
    fn let_go(&mut self) {
        while let Some(client) = self.turn.poll_ended() {
            self.readers.remove(&client);
        }
    }
}

/// The same after a restart, and of no use for anything else.
fn secret_of(key: &[u8; 32]) -> Secret {
    // HMAC takes a key of any length; the error type is for other MACs.
    let mac =
        Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(b"turn").finalize().into_bytes());
    Secret::new(mac.unwrap_or_default().to_vec())
}
