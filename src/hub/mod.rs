//! The server core: rooms, seats and the sockets of their people. Pure: its randomness comes from a seed.
//!
//! `server::signaling` owns a hub, feeds it the frames of its sockets and executes its effects. Invariants:
//! - a message never leaves its room, and `from` is always the true sender;
//! - a room exists as long as somebody has a seat in it, and holds no more people than its capacity, two if
//!   one of them knows calls of two only;
//! - a connection has at most one seat, a seat at most one connection.
//!
//! The rules of taking a seat are in `join`, those of losing it in `leave`; `together` has locks, hands and
//! reactions.

mod effect;
mod gestures;
mod input;
mod join;
mod leave;
mod revoked;
mod room;
mod socket;
mod stop;
mod together;
mod token;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use rand_chacha::{ChaCha12Rng, rand_core::SeedableRng};

pub use self::{
    effect::{Effect, SeatEnd},
    input::{ConnId, Input, SocketEnd},
    revoked::{MAX_REVOKED, Revocation},
};
use self::{
    join::JoinRequest,
    revoked::Revoked,
    room::Room,
    socket::{Abilities, Place, SocketState},
    token::TokenKey,
};
use crate::{
    protocol::{
        ClientMsg, CloseCode, DecodeError, ErrorCode, FEATURE_HANDS, FEATURE_LOCK, FEATURE_REACTIONS,
        FEATURE_SCREEN, LeaveReason, MediaState, PeerId, RawClientMsg, RawServerMsg, RawSignal, ResumeToken,
        RoomName, ServerMsg, VERSION,
    },
    sansio::{Core, Deadlines, Millis},
};

/// Seats in a room in which somebody knows calls of two only.
const PAIR: u32 = 2;
/// Most rooms of which it is remembered that their pages were served, after a start.
const MAX_PAGES_SERVED: usize = 4_096;
/// Timers handled at one tick.
const TIMERS_PER_TICK: usize = 64;

/// Settings of a hub.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// Seats in a room.
    pub room_capacity: u32,
    /// Interval of heartbeats. Unit: millisecond. A socket that is silent for two intervals is closed.
    pub heartbeat_ms: u64,
    /// How long the seat of a lost socket is kept. Unit: millisecond.
    pub resume_window_ms: u64,
    /// How long the seat of a page that went away is kept. Unit: millisecond.
    pub reload_window_ms: u64,
    /// Undecodable frames that a socket may send; the next one closes it.
    pub max_bad_frames: u32,
    /// How long credentials for ICE servers are valid; `None` if they do not expire. Unit: millisecond.
    pub ice_lifetime_ms: Option<u64>,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            room_capacity: 6,
            heartbeat_ms: 10_000,
            resume_window_ms: 30_000,
            reload_window_ms: 5_000,
            max_bad_frames: 10,
            ice_lifetime_ms: None,
        }
    }
}

/// What a hub is told at its start.
#[derive(Clone)]
pub struct Start {
    /// The start of the server, by the clock of its inputs.
    pub now: Millis,
    /// The same by the wall clock. Unit: seconds since 1970.
    pub unix: u64,
    /// Authenticates resume tokens. Secret and random.
    pub token_key: [u8; 32],
    /// Peer ids are generated from it. Secret and random.
    pub seed: [u8; 32],
}

/// Every socket and room of one server.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
    tokens: TokenKey,
    rng: ChaCha12Rng,
    sockets: BTreeMap<ConnId, SocketState>,
    rooms: BTreeMap<RoomName, Room>,
    deadlines: Deadlines<Timer>,
    revoked: Revoked,
    /// The wall clock at the start of the hub's clock. Unit: seconds since 1970.
    epoch: u64,
    /// Until then every new room has a grace period.
    grace_until: Millis,
    /// When pages were served of rooms that this hub does not know, while every new room has a grace period.
    pages_served: BTreeMap<RoomName, Millis>,
    effects: VecDeque<Effect>,
    stats: Stats,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Seats taken by newcomers.
    pub joins: u64,
    /// Seats taken again, after a gap in signaling, a reload or a restart.
    pub resumes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// Send a heartbeat, or close a socket that was silent for two.
    Silence(ConnId),
    /// Free the seat of a lost socket.
    Seat(RoomName, PeerId),
    /// The grace period of a room is over.
    GraceOver(RoomName),
}

impl Hub {
    /// Creates an empty hub.
    pub fn new(config: HubConfig, start: Start) -> Self {
        let Start { now, token_key, seed, .. } = start;
        let grace_until = now + config.resume_window_ms;
        Self {
            config,
            tokens: TokenKey::new(token_key),
            rng: ChaCha12Rng::from_seed(seed),
            sockets: BTreeMap::new(),
            rooms: BTreeMap::new(),
            deadlines: Deadlines::default(),
            revoked: Revoked::default(),
            epoch: start.unix.saturating_sub(now.0 / 1_000),
            grace_until,
            pages_served: BTreeMap::new(),
            effects: VecDeque::new(),
            stats: Stats::default(),
        }
    }

    /// Restores tokens that were revoked before a restart.
    pub fn restore_revoked(&mut self, mut revoked: Vec<Revocation>) {
        revoked.sort_unstable();
        for revocation in revoked {
            self.revoked.add(revocation);
        }
    }
}

impl Core for Hub {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::Connected { conn } => {
                self.sockets.insert(conn, SocketState::new(now));
                self.deadlines.set(Timer::Silence(conn), now + self.config.heartbeat_ms);
            }
            Input::KnowsPairsOnly { conn } => {
                if let Some(socket) = self.sockets.get_mut(&conn) {
                    socket.pairs_only = true;
                }
            }
            Input::Frame { conn, frame } => {
                let Some(socket) = self.sockets.get_mut(&conn) else { return };
                socket.last_heard = now;
                let had_confirmed = std::mem::replace(&mut socket.has_confirmed_seat, socket.place.is_some());
                if !had_confirmed {
                    self.retire_claim(now, conn);
                }
                match frame {
                    Ok(msg) => self.on_message(now, conn, msg),
                    Err(DecodeError { code, message }) => self.on_bad_frame(now, conn, code, message),
                }
            }
            Input::Closed { conn, end } => self.forget_socket(now, conn, end),
            Input::PageServed { room } => {
                if now >= self.grace_until {
                    self.pages_served.clear();
                }
                match self.rooms.get_mut(&room) {
                    Some(room) => room.page_served = Some(now),
                    None if now < self.grace_until && self.pages_served.len() < MAX_PAGES_SERVED => {
                        self.pages_served.insert(room, now);
                    }
                    None => {}
                }
            }
            Input::Tick => {
                // The rest is due at the next tick, which comes at once: others get their turn in between.
                for _ in 0..TIMERS_PER_TICK {
                    let Some(timer) = self.deadlines.pop_due(now) else { break };
                    self.on_timer(now, timer);
                }
            }
            Input::Stop => self.stop(),
        }
    }

    fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines.next()
    }
}

impl Hub {
    /// Returns the number of rooms.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// Returns the number of seats that are taken.
    pub fn seat_count(&self) -> usize {
        self.rooms.values().map(|room| room.seats.len()).sum()
    }

    /// Returns the totals since the start.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Returns the number of open sockets.
    pub fn conn_count(&self) -> usize {
        self.sockets.len()
    }

    /// Returns whether this socket has a seat.
    pub fn has_seat(&self, conn: ConnId) -> bool {
        self.sockets.get(&conn).is_some_and(|socket| socket.place.is_some())
    }

    /// Returns whether somebody else has a seat in the room of this socket.
    pub fn is_with_others(&self, conn: ConnId) -> bool {
        let room = self.sockets.get(&conn).and_then(|socket| self.rooms.get(&socket.place.as_ref()?.room));
        room.is_some_and(|room| room.seats.len() > 1)
    }

    /// Returns whether this peer in the room of this socket knows calls of two only.
    pub fn knows_pairs_only(&self, conn: ConnId, peer: PeerId) -> bool {
        let room = self.sockets.get(&conn).and_then(|socket| self.rooms.get(&socket.place.as_ref()?.room));
        room.and_then(|room| room.seat(peer)).is_some_and(|seat| seat.pairs_only)
    }

    /// Returns whether this token proves a seat of this room: one that is there, or one that may have been
    /// there before a restart.
    pub fn honours(&self, now: Millis, room: &RoomName, token: &ResumeToken) -> bool {
        let Some(proof) = self.tokens.open(room, token) else { return false };
        let has_seat = |room: &Room| room.seat(proof.peer).is_some() || room.successor(proof.peer).is_some();
        self.rooms.get(room).is_some_and(has_seat) || self.may_predate_restart(now, room, proof)
    }

    fn on_message(&mut self, now: Millis, conn: ConnId, msg: RawClientMsg) {
        let Some(socket) = self.sockets.get_mut(&conn) else { return };
        match msg {
            ClientMsg::Hello { version, .. } if version != VERSION => {
                self.refuse(conn, ErrorCode::UnsupportedVersion, "this server speaks version 1");
                self.close(now, conn, CloseCode::UnsupportedVersion);
            }
            ClientMsg::Hello { features, .. } => {
                socket.said_hello = true;
                socket.abilities = Abilities::of(&features);
                let HubConfig { heartbeat_ms, resume_window_ms, .. } = self.config;
                let features = [FEATURE_SCREEN, FEATURE_LOCK, FEATURE_HANDS, FEATURE_REACTIONS];
                let features = features.map(str::to_owned).to_vec();
                self.send(
                    conn,
                    ServerMsg::Welcome { version: VERSION, features, heartbeat_ms, resume_window_ms },
                );
            }
            ClientMsg::Join { .. }
            | ClientMsg::SetMedia { .. }
            | ClientMsg::Lock { .. }
            | ClientMsg::RaiseHand { .. }
            | ClientMsg::React { .. }
            | ClientMsg::Signal { .. }
            | ClientMsg::KeepSeat { .. }
            | ClientMsg::Heartbeat
            | ClientMsg::Leave
                if !socket.said_hello =>
            {
                self.on_bad_frame(now, conn, ErrorCode::HelloFirst, "say hello first".to_owned());
            }
            ClientMsg::Join { room, name, resume, media, visit } => {
                self.join(now, room, resume, JoinRequest { conn, name, media, visit });
            }
            ClientMsg::SetMedia { media } => self.set_media(conn, media),
            ClientMsg::Lock { locked } => self.lock(now, conn, locked),
            ClientMsg::RaiseHand { raised } => self.raise_hand(now, conn, raised),
            ClientMsg::React { reaction } => self.react(now, conn, reaction),
            ClientMsg::Signal { to, signal } => self.forward(conn, to, signal),
            ClientMsg::KeepSeat { peer } => self.keep_seat(now, conn, peer),
            ClientMsg::Heartbeat => {}
            ClientMsg::Leave => match socket.place.take() {
                Some(place) => self.free_seat(now, &place, LeaveReason::Left),
                None => self.refuse(conn, ErrorCode::NotJoined, "there is no seat to leave"),
            },
        }
    }

    fn set_media(&mut self, conn: ConnId, media: MediaState) {
        let Some(Place { room, peer }) = self.place_of(conn) else {
            return self.refuse(conn, ErrorCode::NotJoined, "join a room first");
        };
        let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(peer)) else { return };
        if seat.media != media {
            seat.media = media;
            self.send_to_others(&room, peer, &ServerMsg::MediaChanged { peer, media });
        }
    }

    fn forward(&mut self, conn: ConnId, to: PeerId, signal: RawSignal) {
        let Some(place) = self.sockets.get(&conn).and_then(|socket| socket.place.as_ref()) else {
            return self.refuse(conn, ErrorCode::NotJoined, "join a room first");
        };
        let from = place.peer;
        let target = self.rooms.get(&place.room).and_then(|room| room.seat(to)).and_then(room::Seat::conn);
        match target {
            Some(target) if to != from => self.send(target, ServerMsg::Signal { from, signal }),
            Some(_) | None => {
                self.refuse(conn, ErrorCode::NoSuchPeer, "nobody of this id can be reached in the room")
            }
        }
    }

    fn on_bad_frame(&mut self, now: Millis, conn: ConnId, code: ErrorCode, message: String) {
        self.send(conn, ServerMsg::Error { code, message });
        let Some(socket) = self.sockets.get_mut(&conn) else { return };
        socket.bad_frames += 1;
        if socket.bad_frames > self.config.max_bad_frames {
            self.close(now, conn, CloseCode::BadMessages);
        }
    }

    fn on_timer(&mut self, now: Millis, timer: Timer) {
        match timer {
            Timer::Silence(conn) => self.check_silence(now, conn),
            Timer::Seat(room, peer) => self.on_seat_due(now, Place { room, peer }),
            Timer::GraceOver(name) => match self.rooms.get_mut(&name) {
                // Nobody is connected who could keep seats of others.
                Some(room) if room.is_deserted() => self.extend_grace(now, name),
                Some(room) => room.settle(),
                None => {}
            },
        }
    }

    /// Sends a heartbeat, or closes a socket that was silent for two intervals. Frames do not move the
    /// deadline: the client expects a heartbeat every interval, however much it sends itself.
    fn check_silence(&mut self, now: Millis, conn: ConnId) {
        let Some(socket) = self.sockets.get(&conn) else { return };
        let interval = self.config.heartbeat_ms;
        let silent_until = socket.last_heard + 2 * interval;
        if silent_until <= now {
            return self.close(now, conn, CloseCode::HeartbeatTimeout);
        }
        self.send(conn, ServerMsg::Heartbeat);
        self.renew_ice_servers(now, conn);
        self.deadlines.set(Timer::Silence(conn), silent_until.min(now + interval));
    }

    /// Sends new credentials once the last ones have lived for half of their time.
    fn renew_ice_servers(&mut self, now: Millis, conn: ConnId) {
        let Some(socket) = self.sockets.get(&conn) else { return };
        if let Some(Place { peer, .. }) = socket.place
            && socket.renew_ice_at.is_some_and(|at| at <= now)
        {
            self.send_ice_servers(now, conn, peer, ServerMsg::IceServers { ice_servers: Vec::new() });
        }
    }

    /// Closes a socket; its seat is kept for the resume window.
    fn close(&mut self, now: Millis, conn: ConnId, code: CloseCode) {
        self.effects.push_back(Effect::Close { conn, code });
        self.forget_socket(now, conn, SocketEnd::Lost);
    }

    /// Returns the wall clock: read once at the start, then advanced by the hub's clock, so that its steps
    /// make no token older. Unit: minutes since 1970.
    fn minute(&self, now: Millis) -> u32 {
        u32::try_from((self.epoch + now.0 / 1_000) / 60).unwrap_or(u32::MAX)
    }

    fn place_of(&self, conn: ConnId) -> Option<Place> {
        self.sockets.get(&conn)?.place.clone()
    }

    /// Sends a message to everybody in a room who has a socket, except to `peer`.
    fn send_to_others(&mut self, room: &RoomName, peer: PeerId, msg: &RawServerMsg) {
        let Some(room) = self.rooms.get(room) else { return };
        for conn in room.others(peer).filter_map(room::Seat::conn) {
            self.effects.push_back(Effect::Send { conn, msg: msg.clone() });
        }
    }

    fn refuse(&mut self, conn: ConnId, code: ErrorCode, message: &str) {
        self.send(conn, ServerMsg::Error { code, message: message.to_owned() });
    }

    fn send_ice_servers(&mut self, now: Millis, conn: ConnId, peer: PeerId, msg: RawServerMsg) {
        if let Some(socket) = self.sockets.get_mut(&conn) {
            socket.renew_ice_at = self.config.ice_lifetime_ms.map(|lifetime| now + lifetime / 2);
        }
        self.effects.push_back(Effect::SendIceServers { conn, peer, msg });
    }

    fn send(&mut self, conn: ConnId, msg: RawServerMsg) {
        self.effects.push_back(Effect::Send { conn, msg });
    }
}
