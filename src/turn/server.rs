//! The server: who has what, and the way of a packet through it. Requests are in [`super::requests`].

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
    ops::Range,
};

use ipnet::IpNet;

use super::{
    Client, Now, Secret, Transport, TurnConfig,
    allocation::{Allocation, Relay},
    credentials::parse_username,
    message::{Class, Message, Method, TransactionId, Writer, attribute, be16},
    strangers::Strangers,
};
use crate::sansio::{Deadlines, Millis};

/// Free bytes that are needed before what a peer has sent, for the header of a Data indication to an IPv6 peer.
pub const HEADROOM: usize = 48;
/// And after it, for padding.
pub(super) const PADDING: usize = 3;

/// What to do with what a client has sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Reaction<R> {
    /// Nothing.
    Nothing,
    /// Send this back.
    Reply(Vec<u8>),
    /// Send the part of it to a peer, from this socket.
    Relay {
        /// The allocation's, for peers of this family.
        socket: R,
        /// Where to.
        peer: SocketAddr,
        /// Which bytes of what came in.
        data: Range<usize>,
    },
    /// Send this to another client: its peer is the relay of the first.
    Deliver {
        /// Who.
        client: Client,
        /// A whole frame.
        frame: Vec<u8>,
    },
    /// Open a socket for each of these, then say so by [`Server::allocated`].
    Allocate(Families),
}

/// Families of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Families {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
}

/// How what a peer has sent is wrapped for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// As channel data of this channel.
    Channel(u16),
    /// As a Data indication.
    Indication,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Allocations that were made.
    pub allocations: u64,
    /// Requests of strangers, or with a wrong login.
    pub unauthorized: u64,
    /// Questions of strangers that were not answered: their address had asked too often.
    pub unanswered: u64,
    /// Peers that the policy forbids.
    pub forbidden: u64,
    /// Allocations refused because there are too many, or no port is free.
    pub over_quota: u64,
    /// What clients have sent to peers.
    pub bytes_to_peers: u64,
    /// What peers have sent to clients.
    pub bytes_to_clients: u64,
}

/// An allocation that waits for its sockets.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) username: String,
    pub(super) key: [u8; 16],
    pub(super) id: TransactionId,
    pub(super) lifetime_ms: u64,
    pub(super) families: Families,
    /// A second family was asked for, but can be done without.
    pub(super) second_is_extra: bool,
    pub(super) with_fingerprint: bool,
}

/// Every allocation of one server. `R` is what the shell calls a relay's socket.
#[derive(Debug)]
pub struct Server<R> {
    pub(super) config: TurnConfig,
    pub(super) secret: Secret,
    pub(super) allocations: HashMap<Client, Allocation<R>>,
    pub(super) pending: HashMap<Client, Pending>,
    /// Whose relay is at this address.
    relays: HashMap<SocketAddr, Client>,
    /// Allocations of each user, by the id in the user name.
    pub(super) users: HashMap<String, usize>,
    pub(super) deadlines: Deadlines<Client>,
    ended: Vec<Client>,
    indications: u64,
    /// Where relays are reached, those that were made before this machine had another address too.
    relay_addresses: Vec<IpAddr>,
    /// Every address of this machine, with the network it is in.
    pub(super) own_networks: Vec<IpNet>,
    pub(super) strangers: Strangers,
    pub(super) stats: Stats,
}

impl<R: Clone> Server<R> {
    /// A server without clients. `secret` makes its logins.
    pub fn new(config: TurnConfig, secret: Secret) -> Self {
        let strangers = Strangers::new(config.answers_to_strangers, secret.seed());
        Self {
            relay_addresses: config.relay_addresses.clone(),
            config,
            secret,
            allocations: HashMap::new(),
            pending: HashMap::new(),
            relays: HashMap::new(),
            users: HashMap::new(),
            deadlines: Deadlines::default(),
            ended: Vec::new(),
            indications: 0,
            own_networks: Vec::new(),
            strangers,
            stats: Stats::default(),
        }
    }

    /// New relays are reached at these addresses; those that are there keep theirs. To be said again now and then, so that
    /// addresses without relays are forgotten.
    pub fn set_relay_addresses(&mut self, addresses: Vec<IpAddr>) {
        let all = addresses.iter().copied().chain(self.relays.keys().map(SocketAddr::ip));
        self.relay_addresses = all.collect::<BTreeSet<_>>().into_iter().collect();
        self.config.relay_addresses = addresses;
    }

    /// Where a new relay of this family would be reached.
    pub fn relay_address(&self, is_v4: bool) -> Option<IpAddr> {
        self.config.relay_addresses.iter().find(|ip| ip.is_ipv4() == is_v4).copied()
    }

    /// These are all addresses of this machine, each with the network it is in. Its other services, behind its firewall,
    /// are not for clients, nor are its neighbours.
    pub fn set_own_networks(&mut self, networks: Vec<IpNet>) {
        self.own_networks = networks;
    }

    /// Something came from a client: one datagram, or one frame of a stream.
    pub fn from_client(&mut self, now: Now, client: Client, bytes: &[u8]) -> Reaction<R> {
        match bytes.first().map(|byte| byte >> 6) {
            Some(0) => match Message::read(bytes) {
                Some(message) => self.on_message(now, client, &message, bytes),
                None => Reaction::Nothing,
            },
            Some(1) => {
                let (Some(number), Some(length)) = (be16(bytes, 0), be16(bytes, 2)) else {
                    return Reaction::Nothing;
                };
                let data = 4..4 + usize::from(length);
                let Some(allocation) = self.allocations.get(&client) else { return Reaction::Nothing };
                let peer = allocation.peer_of(number, now.steady).filter(|_| data.end <= bytes.len());
                peer.map_or(Reaction::Nothing, |peer| self.forward(now.steady, client, peer, bytes, data))
            }
            Some(_) | None => Reaction::Nothing,
        }
    }

    /// The sockets that were asked for are open, at these ports, or could not be opened. Returns the answer.
    pub fn allocated(
        &mut self,
        now: Now,
        client: Client,
        v4: Option<(u16, R)>,
        v6: Option<(u16, R)>,
    ) -> Option<Vec<u8>> {
        let pending = self.pending.remove(&client)?;
        let relay = |opened: Option<(u16, R)>, is_v4: bool| {
            let (port, socket) = opened?;
            Some(Relay { address: SocketAddr::new(self.relay_address(is_v4)?, port), socket })
        };
        let wanted = pending.families;
        let v4 = relay(v4, true).filter(|_| wanted.v4);
        let v6 = relay(v6, false).filter(|_| wanted.v6);
        let is_short = (wanted.v4 && v4.is_none()) || (wanted.v6 && v6.is_none() && !pending.second_is_extra);
        if is_short {
            self.stats.over_quota += 1;
            self.release_user(&pending.username);
            return Some(self.refusal_of(&pending, 508));
        }
        let mut answer = Writer::new(Class::Success, Method::Allocate, &pending.id);
        for relay in v4.iter().chain(&v6) {
            answer = answer.put_address(attribute::XOR_RELAYED_ADDRESS, relay.address);
            self.relays.insert(relay.address, client);
        }
        if wanted.v6 && v6.is_none() {
            // Family IPv6, error 440 (RFC 8656, section 18.10).
            answer = answer.put(attribute::ADDRESS_ERROR_CODE, &[2, 0, 4, 40]);
        }
        let seconds = u32::try_from(pending.lifetime_ms / 1_000).unwrap_or(u32::MAX);
        let answer = answer
            .put(attribute::LIFETIME, &seconds.to_be_bytes())
            .put_address(attribute::XOR_MAPPED_ADDRESS, client.remote)
            .sign(&pending.key)
            .finish(pending.with_fingerprint);
        let relays = v4.into_iter().chain(v6).collect();
        let mut allocation = Allocation::new(pending.username, pending.key, relays, pending.id);
        allocation.answer.clone_from(&answer);
        self.deadlines.set(client, now.steady + pending.lifetime_ms);
        self.allocations.insert(client, allocation);
        self.stats.allocations += 1;
        Some(answer)
    }

    /// A peer has sent `length` bytes to a relay of this client. They stand in `buffer` from [`HEADROOM`] on, with room
    /// after them. Returns what to send to the client, or nothing if the peer has no permission.
    pub fn from_peer(
        &mut self,
        now: Millis,
        client: Client,
        peer: SocketAddr,
        buffer: &mut [u8],
        length: usize,
    ) -> Option<Range<usize>> {
        let allocation = self.allocations.get(&client)?;
        let framing = match allocation.channel_of(peer, now) {
            Some(number) => Framing::Channel(number),
            None => Framing::Indication,
        };
        allocation.permits(peer.ip(), now).then_some(())?;
        self.indications += u64::from(framing == Framing::Indication);
        let frame = wrap(framing, client.transport, peer, self.indications, buffer, length)?;
        self.stats.bytes_to_clients += length as u64;
        Some(frame)
    }

    /// The connection of a client has ended, and with it what it has been given.
    pub fn client_gone(&mut self, client: Client) {
        if let Some(pending) = self.pending.remove(&client) {
            self.release_user(&pending.username);
        }
        self.free(client);
    }

    /// Frees what has not been refreshed.
    pub fn handle_timeout(&mut self, now: Millis) {
        while let Some(client) = self.deadlines.pop_due(now) {
            self.free(client);
        }
    }

    /// When to come back with [`Self::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines.next()
    }

    /// A client whose sockets are no longer needed.
    pub fn poll_ended(&mut self) -> Option<Client> {
        self.ended.pop()
    }

    /// Whether this client has been given something.
    pub fn has_allocation(&self, client: Client) -> bool {
        self.allocations.contains_key(&client)
    }

    /// Allocations that exist now.
    pub fn allocation_count(&self) -> usize {
        self.allocations.len()
    }

    /// What has happened so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Sends data of a client on its way to a peer that it has named.
    pub(super) fn forward(
        &mut self,
        now: Millis,
        client: Client,
        peer: SocketAddr,
        bytes: &[u8],
        data: Range<usize>,
    ) -> Reaction<R> {
        let Some(allocation) = self.allocations.get(&client) else { return Reaction::Nothing };
        let Some(relay) = allocation.relay_to(peer.ip()) else { return Reaction::Nothing };
        if !allocation.permits(peer.ip(), now) {
            return Reaction::Nothing;
        }
        let Some(other) = self.relays.get(&peer).copied() else {
            // Other doors of this machine are not for clients, although its address is.
            if self.is_own_relay(peer.ip()) {
                return Reaction::Nothing;
            }
            self.stats.bytes_to_peers += data.len() as u64;
            return Reaction::Relay { socket: relay.socket.clone(), peer, data };
        };
        // Both use this server: no packet needs to leave it, and none has to find its way back through a router.
        let from = relay.address;
        self.stats.bytes_to_peers += data.len() as u64;
        let mut frame = vec![0; HEADROOM + data.len() + PADDING];
        let payload = bytes.get(data.clone()).unwrap_or_default();
        if let Some(place) = frame.get_mut(HEADROOM..HEADROOM + payload.len()) {
            place.copy_from_slice(payload);
        }
        match self.from_peer(now, other, from, &mut frame, payload.len()) {
            Some(range) => {
                frame.truncate(range.end);
                Reaction::Deliver { client: other, frame: frame.split_off(range.start) }
            }
            None => Reaction::Nothing,
        }
    }

    pub(super) fn is_own_relay(&self, peer: IpAddr) -> bool {
        self.relay_addresses.contains(&peer)
    }

    pub(super) fn free(&mut self, client: Client) {
        let Some(allocation) = self.allocations.remove(&client) else { return };
        for relay in &allocation.relays {
            self.relays.remove(&relay.address);
        }
        self.deadlines.clear(&client);
        self.release_user(&allocation.username);
        self.ended.push(client);
    }

    pub(super) fn release_user(&mut self, username: &str) {
        let Some((_, id)) = parse_username(username) else { return };
        if let Some(count) = self.users.get_mut(id) {
            *count -= 1;
            if *count == 0 {
                self.users.remove(id);
            }
        }
    }
}

/// Puts a header before what a peer has sent, and padding after it.
fn wrap(
    framing: Framing,
    transport: Transport,
    peer: SocketAddr,
    number: u64,
    buffer: &mut [u8],
    length: usize,
) -> Option<Range<usize>> {
    let size = u16::try_from(length).ok()?;
    let padded = length.next_multiple_of(4);
    let mut put = |header: &[u8], end: usize| {
        let start = HEADROOM.checked_sub(header.len())?;
        buffer.get_mut(start..HEADROOM)?.copy_from_slice(header);
        buffer.get_mut(HEADROOM + length..HEADROOM + end)?.fill(0);
        Some(start..HEADROOM + end)
    };
    match framing {
        Framing::Channel(channel) => {
            let [a, b] = channel.to_be_bytes();
            let [c, d] = size.to_be_bytes();
            // In a stream the next frame must begin at a multiple of four.
            put(&[a, b, c, d], if transport == Transport::Tcp { padded } else { length })
        }
        Framing::Indication => {
            let mut id = TransactionId::default();
            id.get_mut(4..)?.copy_from_slice(&number.to_be_bytes());
            let indication = Writer::new(Class::Indication, Method::Data, &id);
            let mut header = indication.put_address(attribute::XOR_PEER_ADDRESS, peer).finish(false);
            header.extend(attribute::DATA.to_be_bytes());
            header.extend(size.to_be_bytes());
            let total = u16::try_from(header.len() - super::message::HEADER + padded).ok()?;
            header.get_mut(2..4)?.copy_from_slice(&total.to_be_bytes());
            put(&header, padded)
        }
    }
}
