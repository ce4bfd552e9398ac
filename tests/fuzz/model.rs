//! The oracle: a second, simpler model of the state of a TURN server.
//!
//! It sees what goes into the server and what comes out. Permissions, channels and lifetimes count from the
//! response that grants them: from then on, each packet must go where they lead, and nowhere else.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    ops::Range,
};

use halloo::{
    limits::Rate,
    sansio::Millis,
    turn::{
        AddressFamilies, AllocationPort, ClientSocket, Command, HEADROOM, Now, PeerSocket, Policy, Secret,
        Transport, TurnConfig, TurnServer,
    },
};
use ipnet::IpNet;

use crate::{
    logins,
    reach::{RELAY_V4, RELAY_V6, is_reachable},
    stun::{self, Id, Message},
};

/// Free bytes after a packet from a peer.
const PADDING: usize = 3;
const PERMISSION_MS: u64 = 300_000;
const CHANNEL_MS: u64 = 600_000;
const MAX_PERMISSIONS: usize = 64;
const MAX_CHANNELS: usize = 32;
/// The longest unauthenticated response: an error (28 bytes with the header) with REALM (12), NONCE (16) and
/// FINGERPRINT (8).
const UNAUTHENTICATED_BYTES: usize = 64;
/// Its largest amplification: ERROR-CODE, REALM and NONCE.
const AMPLIFICATION_BYTES: usize = 36;
/// The longest response: an allocation of both families for an IPv6 client.
const RESPONSE_BYTES: usize = 128;
/// Ports of peers begin here.
const FIRST_PORT: u16 = 1_024;
/// Longer requests are dropped.
const REQUEST_BYTES: usize = 2_048;
/// Failed authentications in a row that end a stream.
const MAX_FAILURES: u32 = 20;
const WITHOUT_LIMIT: Rate = Rate { per_second: 1_000_000_000, burst: 1_000_000_000 };
const UNDERSTOOD: [u16; 11] = [
    stun::USERNAME,
    stun::INTEGRITY,
    stun::CHANNEL_NUMBER,
    stun::LIFETIME,
    stun::PEER,
    stun::DATA,
    stun::REALM,
    stun::NONCE,
    stun::FAMILY,
    stun::TRANSPORT,
    stun::MAPPED,
];

/// The configuration of the server in a script.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub private: bool,
    pub has_v6: bool,
    pub max_per_user: usize,
    pub max_allocations: usize,
    pub unix: u64,
}

/// A server and the model of its state.
#[derive(Debug)]
pub struct Model {
    setting: Setting,
    server: TurnServer<u32>,
    pub now: u64,
    pub unix: u64,
    given: BTreeMap<ClientSocket, Given>,
    asked: BTreeMap<ClientSocket, Asked>,
    /// Failed authentications in a row over a stream.
    failures: BTreeMap<ClientSocket, u32>,
    /// Clients whose sockets have to be closed.
    deleted: Vec<ClientSocket>,
    port: u16,
}

/// An allocation.
#[derive(Debug)]
struct Given {
    username: String,
    relays: Vec<(SocketAddr, u32)>,
    expires: u64,
    permissions: BTreeMap<IpAddr, u64>,
    channels: BTreeMap<u16, (SocketAddr, u64)>,
    made_for: Id,
    answer: Vec<u8>,
}

/// An allocation whose sockets are being opened.
#[derive(Debug)]
struct Asked {
    username: String,
    key: Vec<u8>,
    families: AddressFamilies,
    id: Id,
    has_fingerprint: bool,
}

/// Which sockets were opened.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub v4: bool,
    pub v6: bool,
}

impl Model {
    pub fn new(setting: Setting) -> Self {
        let relay_addresses = if setting.has_v6 { vec![RELAY_V4, RELAY_V6] } else { vec![RELAY_V4] };
        let config = TurnConfig {
            relay_addresses,
            policy: Policy { private: setting.private },
            max_per_user: setting.max_per_user,
            max_per_network: usize::MAX,
            max_allocations: setting.max_allocations,
            login_ms: 600_000,
            user_requests: WITHOUT_LIMIT,
            user_allocations: WITHOUT_LIMIT,
            network_requests: WITHOUT_LIMIT,
            network_allocations: WITHOUT_LIMIT,
            user_bandwidth: None,
            total_bandwidth: None,
            unauthenticated_per_second: u32::MAX,
        };
        let mut server = TurnServer::new(config, Secret::new(logins::SECRET));
        server.set_own_networks(vec![IpNet::new(RELAY_V4, 24).expect("a network")]);
        Self {
            setting,
            server,
            now: 0,
            unix: setting.unix,
            given: BTreeMap::new(),
            asked: BTreeMap::new(),
            failures: BTreeMap::new(),
            deleted: Vec::new(),
            port: 50_000,
        }
    }

    /// Returns the first relayed address of a client.
    pub fn relay_of(&self, client: ClientSocket) -> Option<SocketAddr> {
        Some(self.given.get(&client)?.relays.first()?.0)
    }

    /// A client sends a datagram or a frame.
    pub fn packet(&mut self, client: ClientSocket, bytes: &[u8]) {
        let command = self.server.handle_client_input(self.clocks(), client, bytes);
        match bytes.first() {
            Some(0..0x40) => match stun::read(bytes) {
                Some(message) if message.class != stun::INDICATION && bytes.len() > REQUEST_BYTES => {
                    self.way(client, bytes, command, Way::Nowhere);
                }
                Some(message) if message.class == stun::REQUEST => self.request(client, &message, command),
                Some(message) => {
                    let expected = self.indication(client, &message).unwrap_or(Way::Nowhere);
                    self.way(client, bytes, command, expected);
                }
                None => self.way(client, bytes, command, Way::Nowhere),
            },
            Some(0x40..0x80) => {
                let expected = self.channel_data(client, bytes).unwrap_or(Way::Nowhere);
                self.way(client, bytes, command, expected);
            }
            _ => self.way(client, bytes, command, Way::Nowhere),
        }
        self.check();
    }

    /// The sockets of an allocation are opened, or cannot be opened.
    pub fn open(&mut self, client: ClientSocket, opened: Opened) {
        let Some(asked) = self.asked.remove(&client) else {
            // The client has gone meanwhile.
            let (v4, v6) = ((AllocationPort(1), 1), (AllocationPort(2), 2));
            let answer = self.server.handle_allocation_created(self.clocks(), client, Some(v4), Some(v6));
            assert_eq!(answer, None, "nothing was asked for");
            return self.check();
        };
        self.port += 2;
        let v4 = (opened.v4 && asked.families.v4).then_some((self.port, u32::from(self.port)));
        let v6 = (opened.v6 && asked.families.v6).then_some((self.port + 1, u32::from(self.port) + 1));
        let opened_at =
            |opened: Option<(u16, u32)>| opened.map(|(port, socket)| (AllocationPort(port), socket));
        let answer =
            self.server.handle_allocation_created(self.clocks(), client, opened_at(v4), opened_at(v6));
        let answer = answer.expect("a response");
        let reply = self.signed(&answer, stun::ALLOCATE, asked.id, asked.has_fingerprint, &asked.key);
        if reply.class == stun::SUCCESS {
            let v4 = v4.map(|(port, socket)| (SocketAddr::new(RELAY_V4, port), socket));
            let v6 = v6.map(|(port, socket)| (SocketAddr::new(RELAY_V6, port), socket));
            let v6 = v6.filter(|_| self.setting.has_v6);
            let relays: Vec<_> = v4.into_iter().chain(v6).collect();
            let told: Vec<_> =
                reply.all(stun::RELAYED).map(|value| stun::address_of(value, &reply.id)).collect();
            assert_eq!(told, relays.iter().map(|(address, _)| Some(*address)).collect::<Vec<_>>());
            assert!(!relays.is_empty(), "an allocation has a relay");
            let mapped = reply.get(stun::MAPPED).and_then(|value| stun::address_of(value, &reply.id));
            assert_eq!(mapped, Some(client.remote));
            let given = Given {
                expires: self.now + lifetime_in(&reply) * 1_000,
                username: asked.username,
                relays,
                permissions: BTreeMap::new(),
                channels: BTreeMap::new(),
                made_for: asked.id,
                answer,
            };
            self.given.insert(client, given);
        } else {
            assert_eq!(reply.code(), Some(508));
            let all = opened.v4 && (opened.v6 && self.setting.has_v6 || !asked.families.v6);
            assert!(!all, "everything was there");
        }
        self.check();
    }

    /// A peer sends a packet to the relayed address of a client.
    pub fn peer_sends(&mut self, client: ClientSocket, peer: SocketAddr, payload: &[u8]) {
        const CANARY: u8 = 0xC5;
        let mut buffer = vec![CANARY; HEADROOM];
        buffer.extend(payload);
        buffer.resize(buffer.len() + PADDING, CANARY);
        let (now, from) = (Millis(self.now), PeerSocket(peer));
        let range = self.server.handle_peer_traffic(now, client, from, &mut buffer, payload.len());
        assert_eq!(&buffer[HEADROOM..HEADROOM + payload.len()], payload, "it is not changed");
        let given = self.given.get(&client);
        if given.is_some_and(|given| given.permits(peer.ip(), self.now)) {
            // No datagram is longer.
            assert!(range.is_some() || payload.len() > 65_000, "a permitted peer is heard");
        } else {
            assert_eq!(range, None, "a peer without a permission is not heard");
        }
        if let Some(range) = range {
            self.check_frame(client, peer, payload, &buffer[range]);
        }
        self.check();
    }

    pub fn gone(&mut self, client: ClientSocket) {
        self.server.handle_client_closed(client);
        self.asked.remove(&client);
        self.failures.remove(&client);
        self.end(client);
        self.check();
    }

    /// Time passes; the server handles its timeouts, or not yet.
    pub fn passes(&mut self, seconds: u64, is_told: bool) {
        self.now += seconds * 1_000;
        self.unix += seconds;
        if is_told {
            self.server.handle_timeout(Millis(self.now));
            let due =
                |(client, given): (&ClientSocket, &Given)| (given.expires <= self.now).then_some(*client);
            let due: Vec<_> = self.given.iter().filter_map(due).collect();
            due.into_iter().for_each(|client| self.end(client));
        }
        self.check();
    }

    /// All clients end, and the server has no state left.
    pub fn end_of_all(&mut self, clients: &[ClientSocket]) {
        for client in clients {
            match client.transport {
                Transport::Udp => self.open(*client, Opened { v4: true, v6: true }),
                Transport::Tcp => self.gone(*client),
            }
        }
        self.passes(3_600, true);
        let state = format!("{:?}", self.server);
        for empty in [
            " allocations: {}, pending: {}, by_relayed_address: {}, users: Users { by_id: {}, ",
            " held: 0, by_network: {} }, ",
            " deadlines: Deadlines { by_name: {}, by_time: {} }, deleted: [], failures: {}, ",
        ] {
            assert!(state.contains(empty), "all clients are gone, but not their state: {state}");
        }
    }

    /// Compares the state of the server with the model.
    fn check(&mut self) {
        assert_eq!(
            self.server.allocation_count(),
            self.given.len(),
            "allocations of those who were given one"
        );
        assert!(self.given.keys().all(|client| self.server.has_allocation(*client)));
        let next = self.given.values().map(|given| given.expires).min();
        assert_eq!(self.server.poll_timeout(), next.map(Millis), "the next to end");
        let mut deleted: Vec<_> = std::iter::from_fn(|| self.server.poll_deleted()).collect();
        deleted.sort_unstable();
        self.deleted.sort_unstable();
        assert_eq!(deleted, self.deleted, "sockets to close");
        self.deleted.clear();
        assert!(self.given.len() + self.asked.len() <= self.setting.max_allocations, "the quota of all");
        let users = self.given.values().map(|given| &given.username);
        let users: Vec<_> = users.chain(self.asked.values().map(|asked| &asked.username)).collect();
        for user in &users {
            let same = users
                .iter()
                .filter(|other| logins::parse(other).unwrap().1 == logins::parse(user).unwrap().1);
            assert!(same.count() <= self.setting.max_per_user, "the quota of a user");
        }
    }

    fn end(&mut self, client: ClientSocket) {
        if self.given.remove(&client).is_some() {
            self.deleted.push(client);
        }
    }

    fn clocks(&self) -> Now {
        Now { steady: Millis(self.now), unix: self.unix }
    }
}

/// Where a packet from a client has to go.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    Nowhere,
    Peer { socket: u32, peer: SocketAddr, data: Range<usize> },
    Client { client: ClientSocket, from: SocketAddr, data: Range<usize> },
}

impl Given {
    fn permits(&self, ip: IpAddr, now: u64) -> bool {
        self.permissions.get(&ip).is_some_and(|expires| *expires > now)
    }

    fn relay_to(&self, ip: IpAddr) -> Option<(SocketAddr, u32)> {
        self.relays.iter().find(|(relay, _)| relay.is_ipv4() == ip.is_ipv4()).copied()
    }

    fn channels(&self, now: u64) -> impl Iterator<Item = (u16, SocketAddr)> {
        let live = self.channels.iter().filter(move |(_, (_, expires))| *expires > now);
        live.map(|(number, (peer, _))| (*number, *peer))
    }
}

/// Packets between clients and peers.
impl Model {
    fn indication(&self, client: ClientSocket, message: &Message<'_>) -> Option<Way> {
        let is_send = (message.class, message.method) == (stun::INDICATION, stun::SEND);
        (is_send && message.unknown(&UNDERSTOOD).is_empty()).then_some(())?;
        let peers = message.peers()?;
        let [peer] = peers.as_slice() else { return None };
        let (_, data) = message.attributes.iter().find(|(kind, _)| *kind == stun::DATA)?;
        self.way_to(client, *peer, data.clone())
    }

    fn channel_data(&self, client: ClientSocket, bytes: &[u8]) -> Option<Way> {
        (bytes.len() >= 4).then_some(())?;
        let (number, length) = (stun::number(&bytes[..2]), stun::number(&bytes[2..4]));
        let given = self.given.get(&client)?;
        let (_, peer) = given.channels(self.now).find(|(bound, _)| usize::from(*bound) == number)?;
        (4 + length <= bytes.len()).then_some(())?;
        self.way_to(client, peer, 4..4 + length)
    }

    fn way_to(&self, client: ClientSocket, peer: SocketAddr, data: Range<usize>) -> Option<Way> {
        let given = self.given.get(&client)?;
        given.permits(peer.ip(), self.now).then_some(())?;
        let (from, socket) = given.relay_to(peer.ip())?;
        assert!(is_reachable(peer.ip(), self.setting.private), "{peer} was permitted and must not be");
        if peer.ip() != RELAY_V4 && (peer.ip() != RELAY_V6 || !self.setting.has_v6) {
            (peer.port() >= FIRST_PORT).then_some(())?;
            return Some(Way::Peer { socket, peer, data });
        }
        // At the IP address of relayed addresses, nothing but these may be reached.
        let is_at = |given: &Given| given.relays.iter().any(|(relay, _)| *relay == peer);
        let (other, given) = self.given.iter().find(|(_, given)| is_at(given))?;
        given.permits(from.ip(), self.now).then_some(Way::Client { client: *other, from, data })
    }

    fn way(&self, client: ClientSocket, bytes: &[u8], command: Command<u32>, expected: Way) {
        match (command, expected) {
            (Command::Discard, Way::Nowhere) => {}
            (Command::SendToPeer { socket, peer, data }, expected @ Way::Peer { .. }) => {
                let peer = peer.0;
                assert_eq!(Way::Peer { socket, peer, data }, expected, "from {client:?}");
            }
            (Command::SendToClient { client: to, frame }, Way::Client { client: expected, from, data }) => {
                assert_eq!(to, expected);
                self.check_frame(to, from, &bytes[data], &frame);
            }
            // Headers of an indication take more room than those that it came with.
            (Command::Discard, Way::Client { data, .. }) => assert!(data.len() > 65_000),
            (command, expected) => panic!("{command:?} in place of {expected:?} from {client:?}"),
        }
    }

    /// Checks what a client receives for this payload.
    fn check_frame(&self, client: ClientSocket, peer: SocketAddr, payload: &[u8], frame: &[u8]) {
        let mut channels = self.given[&client].channels(self.now);
        if let Some((number, _)) = channels.find(|(_, bound)| *bound == peer) {
            let mut expected =
                [&number.to_be_bytes()[..], &(payload.len() as u16).to_be_bytes(), payload].concat();
            if client.transport == Transport::Tcp {
                expected.resize(expected.len().next_multiple_of(4), 0);
            }
            assert_eq!(frame, expected, "channel data");
        } else {
            let message = stun::read(frame).expect("an indication");
            assert_eq!((message.class, message.method), (stun::INDICATION, stun::DATA_INDICATION));
            assert_eq!(message.peers(), Some(vec![peer]));
            assert_eq!(message.get(stun::DATA), Some(payload));
        }
    }
}

/// An authenticated user.
struct User {
    username: String,
    key: Vec<u8>,
}

/// Requests.
impl Model {
    fn request(&mut self, client: ClientSocket, message: &Message<'_>, command: Command<u32>) {
        if message.method == stun::BINDING {
            return self.binding(client, message, &reply_in(command));
        }
        match self.user(client, message) {
            Ok(user) => {
                self.failures.remove(&client);
                self.of_user(client, message, user, command);
            }
            Err(_) if self.is_last_failure(client) => {
                assert_eq!(command, Command::Close);
                self.gone(client);
            }
            Err(expected) => self.refused(client, message, &reply_in(command), expected),
        }
    }

    /// Counts a failed authentication.
    fn is_last_failure(&mut self, client: ClientSocket) -> bool {
        let failures = self.failures.entry(client).or_default();
        *failures += 1;
        client.transport == Transport::Tcp && *failures >= MAX_FAILURES
    }

    /// RFC 8489, section 9.2.4.
    fn user(&self, client: ClientSocket, message: &Message<'_>) -> Result<User, u16> {
        message.integrity.ok_or(401_u16)?;
        let text = |kind| message.text(kind).ok_or(400_u16);
        let (username, realm, nonce) = (text(stun::USERNAME)?, text(stun::REALM)?, text(stun::NONCE)?);
        if !logins::is_fresh(nonce, self.unix, client.remote.ip()) {
            return Err(438);
        }
        let (expiry, _) = logins::parse(username).ok_or(401_u16)?;
        let is_known = self.given.get(&client).is_some_and(|given| given.username == username);
        let key = logins::key(username);
        let is_good =
            (is_known || expiry > self.unix) && realm == logins::REALM && message.is_signed_with(&key);
        is_good.then(|| User { username: username.to_owned(), key }).ok_or(401)
    }

    fn binding(&self, client: ClientSocket, message: &Message<'_>, reply: &[u8]) {
        let reply = self.unauthenticated(message, reply);
        let unknown = message.unknown(&UNDERSTOOD);
        if unknown.is_empty() {
            assert_eq!(reply.class, stun::SUCCESS);
            let mapped = reply.get(stun::MAPPED).and_then(|value| stun::address_of(value, &reply.id));
            assert_eq!(mapped, Some(client.remote));
        } else {
            assert_eq!(reply.code(), Some(420));
            check_unknown(&reply, &unknown);
        }
    }

    fn refused(&self, client: ClientSocket, message: &Message<'_>, reply: &[u8], expected: u16) {
        let reply = self.unauthenticated(message, reply);
        assert_eq!(
            (reply.class, reply.code()),
            (stun::ERROR, Some(expected)),
            "an unauthenticated request is refused"
        );
        if expected != 400 {
            assert_eq!(reply.text(stun::REALM), Some(logins::REALM));
            let nonce = reply.text(stun::NONCE).expect("a nonce");
            assert!(logins::is_fresh(nonce, self.unix, client.remote.ip()), "a nonce to go on with");
        }
    }

    /// Checks an unauthenticated response.
    fn unauthenticated<'a>(&self, message: &Message<'_>, reply: &'a [u8]) -> Message<'a> {
        assert!(reply.len() <= UNAUTHENTICATED_BYTES, "{} bytes without authentication", reply.len());
        let gain = reply.len().saturating_sub(message.bytes.len());
        assert!(gain <= AMPLIFICATION_BYTES, "{gain} bytes more than the request");
        let answer = answer(reply, message.method, message.id, message.has_fingerprint);
        assert_eq!(answer.integrity, None, "a signed response without authentication");
        answer
    }

    /// Checks an authenticated response.
    fn signed<'a>(
        &self,
        reply: &'a [u8],
        method: u16,
        id: Id,
        has_fingerprint: bool,
        key: &[u8],
    ) -> Message<'a> {
        assert!(reply.len() <= RESPONSE_BYTES, "{} bytes", reply.len());
        let answer = answer(reply, method, id, has_fingerprint);
        assert!(answer.is_signed_with(key), "signed with the key of the user");
        answer
    }

    fn of_user(&mut self, client: ClientSocket, message: &Message<'_>, user: User, command: Command<u32>) {
        let reply = match command {
            Command::Reply(reply) => reply,
            Command::CreateAllocation(families) => return self.asks(client, message, user, families),
            Command::Discard => {
                assert!(message.method == stun::ALLOCATE && self.asked.contains_key(&client), "no answer");
                return assert!(message.unknown(&UNDERSTOOD).is_empty());
            }
            Command::Close => panic!("the user is authenticated"),
            Command::SendToPeer { .. } | Command::SendToClient { .. } => panic!("a request is not relayed"),
        };
        let (method, id) = (message.method, message.id);
        let answer =
            self.signed(&reply, method, id, message.has_fingerprint || method == stun::ALLOCATE, &user.key);
        match answer.code() {
            Some(code) => {
                assert!(self.may_be_refused(client, message, &user, code), "{code} without a reason");
                if code == 420 {
                    check_unknown(&answer, &message.unknown(&UNDERSTOOD));
                }
            }
            None => {
                assert_eq!(answer.class, stun::SUCCESS);
                assert!(message.unknown(&UNDERSTOOD).is_empty(), "not understood");
                self.is_given(client, message, &user, &answer);
            }
        }
    }

    fn asks(&mut self, client: ClientSocket, message: &Message<'_>, user: User, families: AddressFamilies) {
        assert_eq!(message.method, stun::ALLOCATE);
        assert!(
            !self.given.contains_key(&client) && !self.asked.contains_key(&client),
            "one allocation each"
        );
        assert!(message.unknown(&UNDERSTOOD).is_empty(), "not understood");
        assert_eq!(message.get(stun::TRANSPORT).and_then(|value| value.first()), Some(&17), "for UDP only");
        let family = |kind| message.get(kind).and_then(|value| value.first()).copied();
        let expected = match (family(stun::FAMILY), family(stun::ADDITIONAL_FAMILY)) {
            (None | Some(1), None) => AddressFamilies { v4: true, v6: false },
            (Some(2), None) => AddressFamilies { v4: false, v6: true },
            (None, Some(2)) => AddressFamilies { v4: true, v6: true },
            other => panic!("{families:?} for {other:?}"),
        };
        assert_eq!(families, expected);
        let asked = Asked {
            username: user.username,
            key: user.key,
            families,
            id: message.id,
            has_fingerprint: message.has_fingerprint,
        };
        self.asked.insert(client, asked);
    }

    /// A request was granted.
    fn is_given(&mut self, client: ClientSocket, message: &Message<'_>, user: &User, answer: &Message<'_>) {
        let (now, private) = (self.now, self.setting.private);
        let given = self.given.get_mut(&client).expect("an allocation");
        assert_eq!(given.username, user.username, "of the same user");
        let reaches = |given: &Given, peer: &SocketAddr| {
            assert!(is_reachable(peer.ip(), private), "{peer} is permitted and must not be");
            assert!(given.relay_to(peer.ip()).is_some(), "there is a way to {peer}");
        };
        let permit = |given: &mut Given, peer: &SocketAddr| {
            given.permissions.insert(peer.ip(), now + PERMISSION_MS);
            given.permissions.retain(|_, expires| *expires > now);
            assert!(given.permissions.len() <= MAX_PERMISSIONS, "too many permissions");
        };
        match message.method {
            stun::ALLOCATE => {
                assert_eq!(given.made_for, message.id, "the same request once more");
                assert_eq!(given.answer, answer.bytes, "and the same answer");
            }
            stun::REFRESH => {
                let asked = message.get(stun::LIFETIME).and_then(|value| value.first_chunk::<4>());
                let asked = asked.map_or(600, |seconds| u32::from_be_bytes(*seconds));
                if asked == 0 {
                    assert_eq!(answer.get(stun::LIFETIME), Some(&[0; 4][..]));
                    return self.end(client);
                }
                given.expires = now + lifetime_in(answer) * 1_000;
            }
            stun::CREATE_PERMISSION => {
                let peers = message.peers().unwrap_or_default();
                assert!(!peers.is_empty(), "permissions for nobody");
                peers.iter().for_each(|peer| reaches(given, peer));
                peers.iter().for_each(|peer| permit(given, peer));
            }
            stun::CHANNEL_BIND => {
                let peers = message.peers().unwrap_or_default();
                let [peer] = peers.as_slice() else { panic!("a channel to {peers:?}") };
                let number = channel_in(message).expect("the number of a channel");
                reaches(given, peer);
                assert!(peer.port() >= FIRST_PORT, "a channel to {peer}");
                let conflicts = given.channels(now).any(|(bound, to)| (bound == number) != (to == *peer));
                assert!(!conflicts, "a channel belongs to one peer and a peer to one channel");
                given.channels.retain(|_, (_, expires)| *expires > now);
                given.channels.insert(number, (*peer, now + CHANNEL_MS));
                assert!(given.channels.len() <= MAX_CHANNELS, "too many channels");
                permit(given, peer);
            }
            other => panic!("method {other} was granted"),
        }
    }

    /// Returns whether there is a reason for this error.
    fn may_be_refused(&self, client: ClientSocket, message: &Message<'_>, user: &User, code: u16) -> bool {
        let method = message.method;
        let given = self.given.get(&client);
        let names_peers = [stun::CREATE_PERMISSION, stun::CHANNEL_BIND].contains(&method);
        let peers = if names_peers { message.peers() } else { None };
        let any_peer = |is: &dyn Fn(IpAddr) -> bool| peers.iter().flatten().any(|peer| is(peer.ip()));
        match (code, method) {
            (400, stun::ALLOCATE) => {
                message.get(stun::TRANSPORT).is_none_or(<[u8]>::is_empty)
                    || message.get(stun::ADDITIONAL_FAMILY).is_some()
            }
            (400, stun::REFRESH) => false,
            (400, stun::CREATE_PERMISSION) => peers.is_none_or(|peers| peers.is_empty()),
            (400, stun::CHANNEL_BIND) => {
                let (Some(number), Some([peer])) = (channel_in(message), peers.as_deref()) else {
                    return true;
                };
                let mut channels = given.into_iter().flat_map(|given| given.channels(self.now));
                channels.any(|(bound, to)| (bound == number) != (to == *peer))
            }
            (400, _) => true,
            (403, _) => {
                let is_low = |peer: &SocketAddr| peer.port() < FIRST_PORT;
                any_peer(&|ip| !is_reachable(ip, self.setting.private))
                    || (method == stun::CHANNEL_BIND && peers.iter().flatten().any(is_low))
            }
            (420, _) => !message.unknown(&UNDERSTOOD).is_empty(),
            (437, stun::ALLOCATE) => {
                given.is_some_and(|given| given.made_for != message.id || given.username != user.username)
            }
            (437, _) => given.is_none(),
            (440, stun::ALLOCATE) => {
                message.get(stun::FAMILY).is_some_and(|family| family != [1, 0, 0, 0])
                    || message.get(stun::ADDITIONAL_FAMILY).is_some()
            }
            (441, _) => given.is_some_and(|given| given.username != user.username),
            (442, stun::ALLOCATE) => {
                message.get(stun::TRANSPORT).and_then(|value| value.first()) != Some(&17)
            }
            (443, stun::REFRESH) => message.get(stun::FAMILY).is_some(),
            (443, _) => any_peer(&|ip| given.is_none_or(|given| given.relay_to(ip).is_none())),
            (486, stun::ALLOCATE) => {
                let names = self.given.values().map(|given| &given.username);
                let names = names.chain(self.asked.values().map(|asked| &asked.username));
                let id = |name: &str| logins::parse(name).map(|(_, id)| id.to_owned());
                names.filter(|name| id(name) == id(&user.username)).count() >= self.setting.max_per_user
            }
            (508, stun::ALLOCATE) => self.given.len() + self.asked.len() >= self.setting.max_allocations,
            (508, _) => given.is_some_and(|given| {
                let live = given.permissions.iter().filter(|(_, expires)| **expires > self.now);
                let mut permitted: BTreeSet<_> = live.map(|(ip, _)| *ip).collect();
                permitted.extend(peers.iter().flatten().map(SocketAddr::ip));
                let channels = given.channels(self.now).count();
                permitted.len() > MAX_PERMISSIONS
                    || (method == stun::CHANNEL_BIND && channels >= MAX_CHANNELS)
            }),
            _ => false,
        }
    }
}

fn reply_in(command: Command<u32>) -> Vec<u8> {
    match command {
        Command::Reply(reply) => reply,
        other => panic!("{other:?} without authentication"),
    }
}

/// Checks that this is a response to this request.
fn answer(reply: &[u8], method: u16, id: Id, has_fingerprint: bool) -> Message<'_> {
    let answer = stun::read(reply).expect("a message");
    assert_eq!((answer.method, answer.id), (method, id), "the answer to this");
    assert!(has_fingerprint || !answer.has_fingerprint, "FINGERPRINT only if the request has it");
    match answer.class {
        stun::SUCCESS => assert_eq!(answer.code(), None),
        stun::ERROR => assert!(answer.code().is_some()),
        other => panic!("an answer of class {other}"),
    }
    answer
}

fn check_unknown(reply: &Message<'_>, unknown: &[u16]) {
    let told = reply.get(stun::UNKNOWN_ATTRIBUTES).expect("which they are");
    let told: Vec<_> = told.chunks(2).map(|kind| stun::number(kind) as u16).collect();
    assert!(!told.is_empty() && unknown.starts_with(&told), "{told:?} of {unknown:?}");
}

/// Returns the lifetime in seconds.
fn lifetime_in(answer: &Message<'_>) -> u64 {
    let seconds = answer.get(stun::LIFETIME).map(stun::number).expect("a lifetime") as u64;
    assert!((600..=3_600).contains(&seconds), "{seconds} s");
    seconds
}

fn channel_in(message: &Message<'_>) -> Option<u16> {
    let number = message.get(stun::CHANNEL_NUMBER)?.first_chunk::<4>()?;
    Some(u16::from_be_bytes([number[0], number[1]])).filter(|number| (0x4000..0x5000).contains(number))
}
