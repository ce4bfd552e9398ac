//! The server core: sessions and rooms, without sockets, a clock or a source of chance but the seed it is given.
//!
//! [`crate::server`] owns a hub, feeds it what the sockets say and does what it asks. Invariants:
//! - a message never leaves its room, and `from` is always the true sender;
//! - a room exists as long as somebody has a seat in it, and holds no more people than its capacity;
//! - a connection has at most one seat, a seat at most one connection.
//!
//! The rules of taking a seat are in `join`.

mod effect;
mod input;
mod join;
mod room;
mod session;
mod stop;
mod token;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use rand_chacha::{ChaCha12Rng, rand_core::SeedableRng};

pub use self::{
    effect::Effect,
    input::{ConnId, End, Input},
};
use self::{
    join::Guest,
    room::{Link, Room, Standing},
    session::{Place, Session},
    token::TokenKey,
};
use crate::{
    protocol::{
        ClientMsg, CloseCode, DecodeError, ErrorCode, LeaveReason, MediaState, PeerId, RawSignal, RelayMsg,
        RelayedMsg, RoomName, ServerMsg, VERSION,
    },
    sansio::{Deadlines, Millis},
};

/// How a hub behaves.
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
    /// Undecodable frames after which a socket is closed.
    pub forgiven_frames: u32,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            room_capacity: 2,
            heartbeat_ms: 10_000,
            resume_window_ms: 30_000,
            reload_window_ms: 5_000,
            forgiven_frames: 10,
        }
    }
}

/// Every session and room of one server.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
    tokens: TokenKey,
    dice: ChaCha12Rng,
    sessions: BTreeMap<ConnId, Session>,
    rooms: BTreeMap<RoomName, Room>,
    deadlines: Deadlines<Timer>,
    /// Until then every room is young.
    young_until: Millis,
    effects: VecDeque<Effect>,
    stats: Stats,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Seats taken by newcomers.
    pub joins: u64,
    /// Seats taken again, after a gap in signaling, a reload or a restart.
    pub resumes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// Is this socket still alive?
    Silence(ConnId),
    /// The seat of a lost socket is kept no longer.
    Seat(RoomName, PeerId),
    /// The room is no longer young.
    GrownUp(RoomName),
    /// For so long it is remembered that somebody gave up a seat of a young room: the token proves nothing any more.
    Departed(RoomName, PeerId),
}

impl Hub {
    /// A hub without anybody. `token_key` authenticates resume tokens, `seed` is where peer ids come from; both are
    /// secret and random. `now` is when the server started.
    pub fn new(now: Millis, config: HubConfig, token_key: [u8; 32], seed: [u8; 32]) -> Self {
        let young_until = now + config.resume_window_ms;
        Self {
            config,
            tokens: TokenKey::new(token_key),
            dice: ChaCha12Rng::from_seed(seed),
            sessions: BTreeMap::new(),
            rooms: BTreeMap::new(),
            deadlines: Deadlines::default(),
            young_until,
            effects: VecDeque::new(),
            stats: Stats::default(),
        }
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::Connected { conn } => {
                self.sessions.insert(conn, Session::new(now));
                self.deadlines.set(Timer::Silence(conn), now + self.config.heartbeat_ms);
            }
            Input::Frame { conn, frame } => {
                let Some(session) = self.sessions.get_mut(&conn) else { return };
                session.last_heard = now;
                session.knows_its_seat = session.place.is_some();
                match frame {
                    Ok(msg) => self.on_message(now, conn, msg),
                    Err(DecodeError { code, message }) => self.on_bad_frame(now, conn, code, message),
                }
            }
            Input::Closed { conn, end } => self.forget_socket(now, conn, end),
            Input::PageServed { room } => {
                if let Some(room) = self.rooms.get_mut(&room) {
                    room.page_served = Some(now);
                }
            }
            Input::Tick => {
                while let Some(timer) = self.deadlines.pop_due(now) {
                    self.on_timer(now, timer);
                }
            }
            Input::Stop => self.stop(),
        }
    }

    /// What to do next; ask until `None` after every input.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to come back with [`Input::Tick`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines.next()
    }

    /// Rooms that exist now.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// Seats that are taken now.
    pub fn seat_count(&self) -> usize {
        self.rooms.values().map(|room| room.seats.len()).sum()
    }

    /// What has happened so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Sockets that are open now.
    pub fn conn_count(&self) -> usize {
        self.sessions.len()
    }

    fn on_message(&mut self, now: Millis, conn: ConnId, msg: RelayMsg) {
        let Some(session) = self.sessions.get_mut(&conn) else { return };
        match msg {
            ClientMsg::Hello { version, .. } if version != VERSION => {
                self.refuse(conn, ErrorCode::UnsupportedVersion, "this server speaks version 1");
                self.close(now, conn, CloseCode::UnsupportedVersion);
            }
            ClientMsg::Hello { .. } => {
                session.greeted = true;
                let HubConfig { heartbeat_ms, resume_window_ms, .. } = self.config;
                let features = Vec::new();
                self.send(
                    conn,
                    ServerMsg::Welcome { version: VERSION, features, heartbeat_ms, resume_window_ms },
                );
            }
            ClientMsg::Join { .. }
            | ClientMsg::SetMedia { .. }
            | ClientMsg::Signal { .. }
            | ClientMsg::KeepSeat { .. }
            | ClientMsg::Heartbeat
            | ClientMsg::Leave
                if !session.greeted =>
            {
                self.on_bad_frame(now, conn, ErrorCode::HelloFirst, "say hello first".to_owned());
            }
            ClientMsg::Join { room, name, resume, media, visit } => {
                self.join(now, room, resume, Guest { conn, name, media, visit });
            }
            ClientMsg::SetMedia { media } => self.set_media(conn, media),
            ClientMsg::Signal { to, signal } => self.relay(conn, to, signal),
            ClientMsg::KeepSeat { peer } => self.keep_seat(now, conn, peer),
            ClientMsg::Heartbeat => {}
            ClientMsg::Leave => match session.place.take() {
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
            self.tell_others(&room, peer, &ServerMsg::MediaChanged { peer, media });
        }
    }

    fn relay(&mut self, conn: ConnId, to: PeerId, signal: RawSignal) {
        let Some(place) = self.sessions.get(&conn).and_then(|session| session.place.as_ref()) else {
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

    /// Somebody still sees and hears a peer without a socket, who therefore may come back: to the seat that is kept,
    /// or, if that is from before a restart, to one that this hub does not know of.
    fn keep_seat(&mut self, now: Millis, conn: ConnId, peer: PeerId) {
        let Some(Place { room: name, peer: me }) = self.place_of(conn) else {
            return self.refuse(conn, ErrorCode::NotJoined, "join a room first");
        };
        let Some(room) = self.rooms.get(&name) else { return };
        // A newcomer has nobody from before.
        let may_await = room.seat(me).is_some_and(|seat| seat.standing > Standing::Newcomer);
        let has_departed = self.deadlines.is_set(&Timer::Departed(name.clone(), peer));
        match room.seat(peer).map(|seat| seat.link) {
            Some(Link::Down(End::Lost)) => {
                self.deadlines.set(Timer::Seat(name, peer), now + self.config.resume_window_ms);
            }
            Some(Link::Up(_) | Link::Down(End::PageGone | End::PageClosed)) => {}
            None if room.is_young(now) && may_await && !has_departed => self.stay_young(now, name),
            None => self.refuse(conn, ErrorCode::NoSuchPeer, "nobody of this id is awaited in the room"),
        }
    }

    fn stay_young(&mut self, now: Millis, name: RoomName) {
        let Some(room) = self.rooms.get_mut(&name) else { return };
        room.young_until = now + self.config.resume_window_ms;
        self.deadlines.set(Timer::GrownUp(name), room.young_until);
    }

    fn on_bad_frame(&mut self, now: Millis, conn: ConnId, code: ErrorCode, message: String) {
        self.send(conn, ServerMsg::Error { code, message });
        let Some(session) = self.sessions.get_mut(&conn) else { return };
        session.bad_frames += 1;
        if session.bad_frames > self.config.forgiven_frames {
            self.close(now, conn, CloseCode::BadMessages);
        }
    }

    fn on_timer(&mut self, now: Millis, timer: Timer) {
        match timer {
            Timer::Silence(conn) => self.check_silence(now, conn),
            Timer::Seat(room, peer) => self.on_seat_due(now, Place { room, peer }),
            Timer::GrownUp(name) => match self.rooms.get_mut(&name) {
                // Nobody is there who could say whom they await.
                Some(room) if room.is_deserted() => self.stay_young(now, name),
                Some(room) => room.settle(),
                None => {}
            },
            Timer::Departed(name, peer) => self.note_departure(now, &name, peer),
        }
    }

    /// A seat has been kept for its time. Where nobody is left who could say that they still see each other, the last to be
    /// lost decides for all.
    fn on_seat_due(&mut self, now: Millis, place: Place) {
        let Some(room) = self.rooms.get(&place.room) else { return };
        let reason = match room.seat(place.peer).map(|seat| seat.link) {
            Some(Link::Down(End::Lost)) => LeaveReason::TimedOut,
            Some(Link::Down(End::PageGone | End::PageClosed)) => LeaveReason::Left,
            Some(Link::Up(_)) | None => return,
        };
        if reason == LeaveReason::TimedOut && room.is_deserted() {
            let due = |seat: &room::Seat| self.deadlines.at(&Timer::Seat(place.room.clone(), seat.peer));
            if let Some(last) = room.others(place.peer).filter_map(due).max().filter(|last| *last > now) {
                return self.deadlines.set(Timer::Seat(place.room, place.peer), last);
            }
        }
        self.free_seat(now, &place, reason);
    }

    /// Sends the heartbeat of an interval, or gives up a socket that was silent for two. Every interval, also to a
    /// socket that speaks: the client wants to hear that the server is there. Frames do not move the deadline.
    fn check_silence(&mut self, now: Millis, conn: ConnId) {
        let Some(session) = self.sessions.get(&conn) else { return };
        let interval = self.config.heartbeat_ms;
        let given_up = session.last_heard + 2 * interval;
        if given_up <= now {
            return self.close(now, conn, CloseCode::HeartbeatTimeout);
        }
        self.send(conn, ServerMsg::Heartbeat);
        self.deadlines.set(Timer::Silence(conn), given_up.min(now + interval));
    }

    /// Closes a socket; its seat is kept for a return.
    fn close(&mut self, now: Millis, conn: ConnId, code: CloseCode) {
        self.effects.push_back(Effect::Close { conn, code });
        self.forget_socket(now, conn, End::Lost);
    }

    fn forget_socket(&mut self, now: Millis, conn: ConnId, end: End) {
        self.deadlines.clear(&Timer::Silence(conn));
        let Some(place) = self.sessions.remove(&conn).and_then(|session| session.place) else { return };
        let Some(room) = self.rooms.get_mut(&place.room) else { return };
        let reload_window = self.config.reload_window_ms;
        let window = match end {
            End::Lost => self.config.resume_window_ms,
            End::PageGone => reload_window,
            End::PageClosed if room.page_served.is_some_and(|at| now <= at + reload_window) => reload_window,
            End::PageClosed => return self.free_seat(now, &place, LeaveReason::Left),
        };
        let Place { room: name, peer } = place;
        let Some(seat) = room.seat_mut(peer) else { return };
        seat.link = Link::Down(end);
        self.deadlines.set(Timer::Seat(name.clone(), peer), now + window);
        self.tell_others(&name, peer, &ServerMsg::PeerReconnecting { peer });
    }

    /// Empties a seat, tells the others, and ends the room with its last one. The caller has seen to the session.
    fn free_seat(&mut self, now: Millis, place: &Place, reason: LeaveReason) {
        let Place { room: name, peer } = place;
        let Some(room) = self.rooms.get_mut(name) else { return };
        if room.free_seat(*peer).is_none() {
            return;
        }
        let empty = room.is_empty();
        let unnoticed = reason == LeaveReason::TimedOut && room.is_deserted();
        self.deadlines.clear(&Timer::Seat(name.clone(), *peer));
        if !unnoticed {
            self.note_departure(now, name, *peer);
        }
        if empty {
            self.rooms.remove(name);
            self.deadlines.clear(&Timer::GrownUp(name.clone()));
        } else {
            self.tell_others(name, *peer, &ServerMsg::PeerLeft { peer: *peer, reason });
        }
    }

    /// The token of this id proves nothing any more.
    fn note_departure(&mut self, now: Millis, name: &RoomName, peer: PeerId) {
        if let Some(room) = self.rooms.get(name).filter(|room| room.is_young(now)) {
            self.deadlines.set(Timer::Departed(name.clone(), peer), room.young_until);
        }
    }

    fn place_of(&self, conn: ConnId) -> Option<Place> {
        self.sessions.get(&conn)?.place.clone()
    }

    /// Says something to everybody in a room who can be reached, but not to `peer`.
    fn tell_others(&mut self, room: &RoomName, peer: PeerId, msg: &RelayedMsg) {
        let Some(room) = self.rooms.get(room) else { return };
        for conn in room.others(peer).filter_map(room::Seat::conn) {
            self.effects.push_back(Effect::Send { conn, msg: msg.clone() });
        }
    }

    fn refuse(&mut self, conn: ConnId, code: ErrorCode, message: &str) {
        self.send(conn, ServerMsg::Error { code, message: message.to_owned() });
    }

    fn send(&mut self, conn: ConnId, msg: RelayedMsg) {
        self.effects.push_back(Effect::Send { conn, msg });
    }
}
