//! The shell of the TURN server ([`crate::turn`]): its sockets for clients and the relayed ones. Streams come
//! from `net::connections`.
//!
//! The core handles one packet under a lock. The shell sends it after the lock is released, and drops it if
//! the socket is not ready. Sockets are opened and closed, and addresses listed, without the lock.
//!
//! Media goes before requests: the task that reads clients only queues requests ([`requests`]), for one task
//! that handles them.

mod address;
mod clock;
mod limits;
mod outgoing;
mod reading;
mod requests;
pub(crate) mod settings;
mod sockets;
mod stream;
mod urls;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tokio::{
    net::UdpSocket,
    task::{JoinSet, yield_now},
    time::{MissedTickBehavior, interval},
};

pub(super) use self::address::find as addresses_for;
use self::{
    clock::Clock,
    outgoing::Outgoing,
    requests::{Requests, Standing},
    settings::TurnSettings,
    sockets::{Listening, Ports},
    urls::{StreamSecurity, urls},
};
use crate::{
    protocol::IceServer,
    server::{net::host::RequestedHost, tls::Certificate},
    turn::{
        AddressFamilies, ClientSocket, Command, Now, Secret, Stats, Transport, TurnServer, is_turn_request,
    },
};

/// The default port of STUN and TURN (RFC 8489, section 18.6).
pub(super) const PORT: u16 = 3478;
/// How often expired allocations are deleted.
const TICK: Duration = Duration::from_secs(1);
/// How often the addresses of this machine are read: it lists every interface.
const ADDRESSES_EVERY: Duration = Duration::from_secs(10);

/// A TURN server with its sockets.
#[derive(Debug)]
pub struct Relay {
    state: Mutex<State>,
    listening: Vec<Listening>,
    ports: Ports,
    requests: Requests,
    /// Without configured addresses: the address that the server listens at.
    detect_from: Option<IpAddr>,
    secret: Secret,
    clock: Clock,
}

/// The stream of a client must be closed.
#[derive(Debug)]
struct MustClose;

#[derive(Debug)]
struct State {
    turn: TurnServer<Arc<UdpSocket>>,
    /// The send queues of clients that are connected by a stream.
    streams: HashMap<ClientSocket, Arc<Outgoing>>,
    /// The tasks that read the relayed sockets of a client.
    readers: HashMap<ClientSocket, JoinSet<()>>,
}

impl Relay {
    /// Relayed sockets at most: one of each address family for each allocation.
    pub(super) const MAX_SOCKETS: usize = 2 * limits::MAX_ALLOCATIONS;

    /// Opens the sockets for clients. `pages` is where pages are served, `people` the capacity of a room. At
    /// most `max_sockets` relayed ones are opened. An error comes with the address that could not be opened.
    pub fn open(
        settings: &TurnSettings,
        pages: SocketAddr,
        people: u32,
        login_lifetime: Duration,
        max_sockets: usize,
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
        let config = limits::config(settings, relay_addresses, people, login_lifetime, max_sockets);
        let mut turn = TurnServer::new(config, secret.clone());
        turn.set_own_networks(address::networks().map_err(|error| (listen, error))?);
        let state = State { turn, streams: HashMap::new(), readers: HashMap::new() };
        Ok(Some(Self {
            state: Mutex::new(state),
            listening,
            ports: Ports(settings.ports.clone()),
            requests: Requests::default(),
            detect_from: settings.addresses.is_empty().then_some(listen.ip()),
            secret,
            clock: Clock::start(),
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

    /// Returns the entry for a browser's `iceServers`, with a login that is valid for so long; `None` if the
    /// browser cannot reach this server. `at` is the address of the person, if it is known.
    pub(super) fn ice_server(
        &self,
        requested: &RequestedHost,
        certificate: Option<&Certificate>,
        id: &str,
        at: Option<IpAddr>,
        lifetime: Duration,
    ) -> Option<IceServer> {
        let security = match certificate {
            None => StreamSecurity::Plain,
            Some(certificate) if certificate.is_signed_by_another() => StreamSecurity::Signed,
            Some(_) => StreamSecurity::SelfSigned,
        };
        let urls = urls(requested, self.listening.first()?.local, security)?;
        self.lock().turn.handle_user_began(id, at);
        let login = self.secret.login(id, self.now().unix + lifetime.as_secs());
        Some(IceServer { urls, username: Some(login.username), credential: Some(login.password) })
    }

    /// The holder of these logins has given up or lost the seat: nothing new is relayed for them, and what
    /// is relayed ends after this time.
    pub(super) fn end_user(&self, id: &str, grace: Duration) {
        let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        self.lock().turn.handle_user_ended(self.now().steady, id, grace_ms);
    }

    /// Serves UDP clients and deletes expired allocations, for as long as it is polled.
    pub(super) async fn run(self: &Arc<Self>) {
        let mut tasks = JoinSet::new();
        for Listening { local, sockets } in &self.listening {
            for socket in sockets {
                let (relay, local, socket) = (Arc::clone(self), *local, Arc::clone(socket));
                tasks.spawn(async move { relay.read_clients(local, &socket).await });
            }
        }
        let relay = Arc::clone(self);
        tasks.spawn(async move { relay.handle_requests().await });
        let (mut ticks, mut readings) = (interval(TICK), interval(ADDRESSES_EVERY));
        readings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.delete_expired(),
                _ = readings.tick() => self.read_addresses(),
                // It never ends by itself.
                _ = tasks.join_next() => return,
            }
        }
    }

    fn delete_expired(&self) {
        let now = self.now();
        let mut state = self.lock();
        state.turn.handle_timeout(now.steady);
        let deleted = state.take_deleted();
        drop(state);
        drop(deleted);
    }

    fn read_addresses(&self) {
        let (own, found) = (address::networks(), self.detect_from.map(address::find));
        let mut state = self.lock();
        // On an error, as when no file descriptor is free, the last known addresses stay.
        if let Ok(own) = own {
            state.turn.set_own_networks(own);
        }
        if let Some(found) = found.filter(|found| !found.is_empty()) {
            state.turn.set_relay_addresses(found);
        }
    }

    /// Handles a datagram of a UDP client, or queues it if it is a request. Returns the response.
    fn handle_datagram(self: &Arc<Self>, client: ClientSocket, bytes: &[u8]) -> Option<Vec<u8>> {
        if !is_turn_request(bytes) {
            return self.handle(client, bytes).unwrap_or_default();
        }
        let now = self.now().steady;
        let standing = {
            let turn = &mut self.lock().turn;
            if turn.refuses_early(now, client) {
                return None;
            }
            match turn.has_allocation(client) {
                true => Standing::Client,
                false if turn.knows(client.remote.ip()) => Standing::Known,
                false => Standing::Unknown,
            }
        };
        self.requests.push(client, bytes, standing);
        None
    }

    /// Handles the requests of UDP clients, one after another.
    async fn handle_requests(self: &Arc<Self>) {
        loop {
            let (client, request) = self.requests.next().await;
            if let Ok(Some(response)) = self.handle(client, &request) {
                self.send_datagram(client, &response);
            }
            // Others get the lock and the thread in between.
            yield_now().await;
        }
    }

    /// Handles a datagram or frame from a client. Returns the response, or that the stream must be closed.
    fn handle(self: &Arc<Self>, client: ClientSocket, bytes: &[u8]) -> Result<Option<Vec<u8>>, MustClose> {
        let now = self.now();
        let (command, deleted) = {
            let mut state = self.lock();
            (state.turn.handle_client_input(now, client, bytes), state.take_deleted())
        };
        drop(deleted);
        Ok(match command {
            Command::Discard => None,
            Command::Close => return Err(MustClose),
            Command::Reply(reply) => Some(reply),
            Command::SendToPeer { socket, peer, data } => {
                sockets::send(&socket, bytes.get(data).unwrap_or_default(), peer.0);
                None
            }
            Command::SendToClient { client: other, frame } => {
                self.send_to(other, &frame);
                None
            }
            Command::CreateAllocation(families) => self.allocate(client, families),
        })
    }

    /// Opens the sockets of an allocation and reads them until it is deleted. Returns the response.
    fn allocate(self: &Arc<Self>, client: ClientSocket, families: AddressFamilies) -> Option<Vec<u8>> {
        let address_of = |is_v4: bool| {
            let state = self.lock();
            let address = state.turn.relay_address(is_v4)?;
            Some((address, state.turn.has_address(address)))
        };
        let open = |wanted: bool, is_v4: bool| {
            let (address, is_ours) = wanted.then(|| address_of(is_v4)).flatten()?;
            self.ports.open(address, is_ours)
        };
        let (v4, v6) = (open(families.v4, true), open(families.v6, false));
        let now = self.now();
        let mut state = self.lock();
        let response = state.turn.handle_allocation_created(now, client, v4.clone(), v6.clone());
        if state.turn.has_allocation(client) {
            let outgoing = state.streams.get(&client).cloned();
            let read = |(_, socket)| Arc::clone(self).read_peers(client, outgoing.clone(), socket);
            state.readers.insert(client, v4.into_iter().chain(v6).map(read).collect());
        }
        response
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
        if let Some(socket) = listening.and_then(|listening| listening.sockets.first()) {
            sockets::send(socket, frame, client.remote);
        }
    }

    fn now(&self) -> Now {
        self.clock.now()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the readers of deleted allocations. To be dropped without the lock: this closes their sockets.
    fn take_deleted(&mut self) -> Vec<JoinSet<()>> {
        std::iter::from_fn(|| self.turn.poll_deleted())
            .filter_map(|client| self.readers.remove(&client))
            .collect()
    }
}

/// Derives the secret of TURN logins from the server's key, so that logins survive a restart.
fn secret_of(key: &[u8; 32]) -> Secret {
    // HMAC accepts keys of any length: the error is for other MACs.
    let mac =
        Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(b"turn").finalize().into_bytes());
    Secret::new(mac.unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::turn::binding_request;

    #[tokio::test]
    async fn the_request_of_somebody_with_a_seat_goes_before_those_of_strangers() {
        let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let settings = TurnSettings { listen: Some(loopback), ..TurnSettings::default() };
        let (login_lifetime, key) = (Duration::from_secs(600), [7; 32]);
        let relay =
            Arc::new(Relay::open(&settings, loopback, 2, login_lifetime, 200, &key).unwrap().unwrap());
        let host = RequestedHost { host: "localhost".into(), is_proxied: false };
        let clients = ["198.51.100.7:4000", "198.51.100.8:4000"].map(|remote| ClientSocket {
            transport: Transport::Udp,
            remote: remote.parse().unwrap(),
            local: loopback,
        });
        let [_, seated] = clients;
        relay.ice_server(&host, None, "ada", Some(seated.remote.ip()), login_lifetime).unwrap();
        let mut allocate = binding_request([7; 12]);
        allocate[1] = 3;
        for client in clients {
            assert_eq!(relay.handle_datagram(client, &allocate), None, "it waits");
        }
        assert_eq!(relay.requests.next().await.0, seated);
    }
}
