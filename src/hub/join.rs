//! Taking a seat: newcomers, people who lost their socket, people who loaded the page anew, and rooms that this hub
//! does not remember, because it was restarted or because everybody was lost for too long.
//!
//! A room is *young*, and may have a past, for one resume window after the start of the hub, or after somebody with a token
//! has come to a room that was not there. A token is then believed even if its seat is unknown, and snapshots say
//! `complete: false`. A newcomer's seat is provisional during that time: if somebody with a token finds the room full,
//! the last provisional seat is theirs and its holder is told `full`. So capacity holds across a restart, and nobody
//! loses a seat to a stranger who was quicker. The token of a provisional seat says so, for the case that the server is
//! restarted again. Nothing that nobody could be told of ages: a deserted room keeps its seats and stays young.

use rand_chacha::rand_core::RngCore as _;

use super::{
    ConnId, Effect, End, Hub, Timer,
    room::{Link, Room, Seat, Standing},
    session::Place,
    token::Proof,
};
use crate::{
    protocol::{
        CloseCode, DisplayName, ErrorCode, LeaveReason, MediaState, PeerId, Resume, ResumeMode, RoomName,
        ServerMsg, VisitId,
    },
    sansio::Millis,
};

/// Somebody at the door.
pub(super) struct Guest {
    pub(super) conn: ConnId,
    pub(super) name: Option<DisplayName>,
    pub(super) media: MediaState,
    pub(super) visit: Option<VisitId>,
}

impl Hub {
    pub(super) fn join(&mut self, now: Millis, room: RoomName, resume: Option<Resume>, guest: Guest) {
        let conn = guest.conn;
        if self.place_of(conn).is_some() {
            return self.refuse(conn, ErrorCode::AlreadyJoined, "this socket has a seat; leave it first");
        }
        let visitor = guest.visit.and_then(|visit| self.rooms.get(&room)?.visitor(visit));
        let claim = match visitor {
            // The answer to an earlier join of this visit was lost.
            Some(peer) => Some((Proof { peer, provisional: false }, ResumeMode::Reconnect)),
            None => resume.and_then(|Resume { token, mode }| Some((self.tokens.open(&room, &token)?, mode))),
        };
        let Some((Proof { peer: claimed, provisional }, mode)) = claim else {
            return self.seat_newcomer(now, room, guest);
        };
        let peer = match mode {
            ResumeMode::Reconnect => claimed,
            ResumeMode::Takeover => self.heir(&room, claimed).unwrap_or(claimed),
        };
        let has_seat = self.rooms.get(&room).is_some_and(|room| room.seat(peer).is_some());
        if self.rooms.get(&room).is_some_and(|room| room.is_claimed_over_newer(claimed, conn)) {
            // This join was under way for so long that its client has come back over a newer socket.
            return self.unseat_twin(Link::Up(conn));
        }
        match mode {
            ResumeMode::Reconnect if has_seat => self.reseat(now, room, peer, guest),
            ResumeMode::Takeover if has_seat => self.take_over(now, room, peer, guest),
            ResumeMode::Reconnect if self.may_have_a_past(now, &room, peer) => {
                self.restore(now, room, Proof { peer, provisional }, guest, None);
            }
            ResumeMode::Takeover if self.may_have_a_past(now, &room, peer) => {
                let fresh = self.fresh_peer(&room);
                self.restore(now, room, Proof { peer: fresh, provisional }, guest, Some(peer));
            }
            ResumeMode::Reconnect | ResumeMode::Takeover => self.seat_newcomer(now, room, guest),
        }
        self.remember_claim(conn, claimed);
    }

    /// Until the answer is heard, the client has only its old token: a page that is loaded twice in a row presents it
    /// twice, and must find the seat that the first load took.
    fn remember_claim(&mut self, conn: ConnId, claimed: PeerId) {
        let Some(Place { room, peer }) = self.place_of(conn).filter(|place| place.peer != claimed) else {
            return;
        };
        if let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(peer)) {
            seat.taken_with = Some(claimed);
        }
    }

    /// Who took the seat of this id with the same token, unless it is somebody who can be reached and has a newer token:
    /// from them a spent one takes no seat.
    fn heir(&self, room: &RoomName, claimed: PeerId) -> Option<PeerId> {
        let seat = self.rooms.get(room)?.heir(claimed)?;
        let session = seat.conn().and_then(|conn| self.sessions.get(&conn));
        session.is_none_or(|session| !session.knows_its_seat).then_some(seat.peer)
    }

    fn may_have_a_past(&self, now: Millis, room: &RoomName, peer: PeerId) -> bool {
        let may_the_room = self.rooms.get(room).is_none_or(|room| room.is_young(now));
        may_the_room && !self.deadlines.is_set(&Timer::Departed(room.clone(), peer))
    }

    fn is_young(&self, now: Millis, room: &RoomName) -> bool {
        self.rooms.get(room).is_some_and(|room| room.is_young(now))
    }

    /// Makes the room if there is none.
    fn open_room(&mut self, now: Millis, name: &RoomName, young_until: Millis) {
        if !self.rooms.contains_key(name) {
            self.rooms.insert(name.clone(), Room::new(young_until));
            if young_until > now {
                self.deadlines.set(Timer::GrownUp(name.clone()), young_until);
            }
        }
    }

    fn seat_newcomer(&mut self, now: Millis, room: RoomName, guest: Guest) {
        if !self.has_space(&room) {
            return self.say_full(room, guest.conn);
        }
        self.stats.joins += 1;
        let peer = self.fresh_peer(&room);
        self.open_room(now, &room, self.young_until);
        let standing = if self.is_young(now, &room) { Standing::Newcomer } else { Standing::Settled };
        self.take_seat(&room, peer, &guest, standing, None);
        self.welcome_in(room, peer, guest.conn, true);
    }

    /// A seat from before a restart. Others who are back already may still have a connection to the id it replaces.
    fn restore(&mut self, now: Millis, room: RoomName, proof: Proof, guest: Guest, replaces: Option<PeerId>) {
        let Proof { peer, provisional } = proof;
        let standing = if provisional { Standing::Provisional } else { Standing::Settled };
        if !self.has_space(&room) {
            let Some(newcomer) = self.rooms.get(&room).and_then(|room| room.who_gives_way(standing)) else {
                return self.say_full(room, guest.conn);
            };
            self.turn_out(now, &room, newcomer);
        }
        self.stats.resumes += 1;
        self.await_lost_if_deserted(now, &room);
        self.open_room(now, &room, now + self.config.resume_window_ms);
        if let Some(old) = replaces {
            self.note_departure(now, &room, old);
        }
        self.take_seat(&room, peer, &guest, standing, replaces);
        let complete = !self.is_young(now, &room);
        self.welcome_in(room, peer, guest.conn, complete);
    }

    /// The same page with a new socket.
    fn reseat(&mut self, now: Millis, name: RoomName, peer: PeerId, guest: Guest) {
        self.await_lost_if_deserted(now, &name);
        let Some(seat) = self.rooms.get_mut(&name).and_then(|room| room.seat_mut(peer)) else { return };
        self.stats.resumes += 1;
        let before = std::mem::replace(&mut seat.link, Link::Up(guest.conn));
        let media_changed = seat.media != guest.media;
        seat.name = guest.name;
        seat.media = guest.media;
        seat.visit = guest.visit;
        seat.over = guest.conn;
        self.unseat_twin(before);
        self.deadlines.clear(&Timer::Seat(name.clone(), peer));
        self.set_place(guest.conn, &name, peer);
        let complete = !self.is_young(now, &name);
        self.welcome_in(name.clone(), peer, guest.conn, complete);
        // Signals may have been lost even where the loss of the socket went unnoticed.
        self.tell_others(&name, peer, &ServerMsg::PeerBack { peer });
        if media_changed {
            self.tell_others(&name, peer, &ServerMsg::MediaChanged { peer, media: guest.media });
        }
    }

    /// The first to come back to a deserted room gets the time to say whom of the others they still see.
    fn await_lost_if_deserted(&mut self, now: Millis, name: &RoomName) {
        let Some(room) = self.rooms.get(name).filter(|room| room.is_deserted()) else { return };
        for seat in room.seats.iter().filter(|seat| seat.link == Link::Down(End::Lost)) {
            let until = now + self.config.resume_window_ms;
            self.deadlines.set(Timer::Seat(name.clone(), seat.peer), until);
        }
        if room.is_young(now) {
            self.stay_young(now, name.clone());
        }
    }

    /// The same person with a new page: same seat, new id.
    fn take_over(&mut self, now: Millis, name: RoomName, old: PeerId, guest: Guest) {
        let peer = self.fresh_peer(&name);
        let Some(seat) = self.rooms.get_mut(&name).and_then(|room| room.seat_mut(old)) else { return };
        self.stats.resumes += 1;
        let before = std::mem::replace(&mut seat.link, Link::Up(guest.conn));
        seat.peer = peer;
        seat.name = guest.name;
        seat.media = guest.media;
        seat.visit = guest.visit;
        seat.over = guest.conn;
        let info = seat.info();
        self.unseat_twin(before);
        self.deadlines.clear(&Timer::Seat(name.clone(), old));
        self.note_departure(now, &name, old);
        self.set_place(guest.conn, &name, peer);
        self.tell_others(&name, peer, &ServerMsg::PeerJoined { peer: info, replaces: Some(old) });
        let complete = !self.is_young(now, &name);
        self.welcome_in(name, peer, guest.conn, complete);
    }

    fn has_space(&self, room: &RoomName) -> bool {
        self.rooms.get(room).is_none_or(|room| room.has_space(self.config.room_capacity))
    }

    fn say_full(&mut self, room: RoomName, conn: ConnId) {
        let capacity = self.config.room_capacity;
        self.send(conn, ServerMsg::Full { room, capacity });
    }

    fn take_seat(
        &mut self,
        name: &RoomName,
        peer: PeerId,
        guest: &Guest,
        standing: Standing,
        replaces: Option<PeerId>,
    ) {
        let seat = Seat {
            peer,
            name: guest.name.clone(),
            media: guest.media,
            link: Link::Up(guest.conn),
            over: guest.conn,
            standing,
            visit: guest.visit,
            taken_with: None,
        };
        let info = seat.info();
        if let Some(room) = self.rooms.get_mut(name) {
            room.take_seat(seat);
        }
        self.set_place(guest.conn, name, peer);
        self.tell_others(name, peer, &ServerMsg::PeerJoined { peer: info, replaces });
    }

    /// Frees a provisional seat for somebody who had it before.
    fn turn_out(&mut self, now: Millis, name: &RoomName, peer: PeerId) {
        let conn = self.rooms.get(name).and_then(|room| room.seat(peer)).and_then(Seat::conn);
        if let Some(conn) = conn {
            if let Some(session) = self.sessions.get_mut(&conn) {
                session.place = None;
            }
            self.say_full(name.clone(), conn);
        }
        self.free_seat(now, &Place { room: name.clone(), peer }, LeaveReason::Left);
    }

    /// A socket that still holds the seat is an older one of the same person.
    fn unseat_twin(&mut self, before: Link) {
        let Link::Up(twin) = before else { return };
        self.sessions.remove(&twin);
        self.deadlines.clear(&Timer::Silence(twin));
        self.effects.push_back(Effect::Close { conn: twin, code: CloseCode::Replaced });
    }

    fn welcome_in(&mut self, name: RoomName, you: PeerId, conn: ConnId, complete: bool) {
        let seat = self.rooms.get(&name).and_then(|room| room.seat(you));
        let provisional = seat.is_some_and(|seat| seat.standing < Standing::Settled);
        let Some(resume_token) = self.tokens.seal(&name, Proof { peer: you, provisional }) else { return };
        let peers = self.rooms.get(&name).map(|room| room.others(you).map(Seat::info).collect());
        let msg = ServerMsg::Joined {
            you,
            peers: peers.unwrap_or_default(),
            ice_servers: Vec::new(),
            resume_token,
            capacity: self.config.room_capacity,
            complete,
            room: name,
        };
        self.send(conn, msg);
    }

    fn set_place(&mut self, conn: ConnId, room: &RoomName, peer: PeerId) {
        if let Some(session) = self.sessions.get_mut(&conn) {
            session.place = Some(Place { room: room.clone(), peer });
        }
    }

    /// An id that nobody has, and larger than all in the room: so who was there first, and offers, is the polite side
    /// towards whoever comes later. Chromium 156 never again shows the picture that it receives after rolling back an offer
    /// on a connection that the other side has offered.
    fn fresh_peer(&mut self, room: &RoomName) -> PeerId {
        let largest = self.rooms.get(room).and_then(Room::largest_peer);
        // A quarter of all numbers to begin with, and steps of 39 bits on average: chance would have to produce the same
        // many bits twice, and a room is never empty for 2^25 visitors before a step is too large.
        let next = match largest {
            None => Some(self.dice.next_u64() >> 2),
            Some(peer) => peer.number().checked_add(1 + (self.dice.next_u64() >> 24)),
        };
        PeerId::new(next.unwrap_or_else(|| self.dice.next_u64()))
    }
}
