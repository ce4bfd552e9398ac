//! Taking a seat: newcomers, clients that lost their socket, pages that were reloaded, and rooms that this
//! hub does not know, because it was restarted or because every seat of the room was lost for too long.
//!
//! A room has a *grace period* of one resume window after the start of the hub, or after a client with a
//! valid token joined a room that did not exist. In this period a token is accepted even if its seat is
//! unknown, and snapshots say `complete: false`. A newcomer's seat is then provisional: if somebody with a
//! token finds the room full, the latest provisional seat is given to them and its holder is told `full`. So
//! capacity holds across a restart, and nobody loses a seat to a newcomer who was quicker. The token of a
//! provisional seat says so, in case the server is restarted again. While a room is deserted, its seats and
//! its grace period do not expire.

use rand_chacha::rand_core::RngCore as _;

use super::{
    ConnId, Effect, Hub, PAIR, SeatEnd, SocketEnd, Timer,
    gestures::Gestures,
    room::{Room, Seat, SeatLink, Standing},
    socket::Place,
    token::{MAX_AGE_MINUTES, Proof},
};
use crate::{
    protocol::{
        CloseCode, DisplayName, ErrorCode, LeaveReason, MediaState, PeerId, PeerInfo, Resume, ResumeMode,
        RoomName, ServerMsg, VisitId,
    },
    sansio::Millis,
};

/// A `join` message and its socket.
pub(super) struct JoinRequest {
    pub(super) conn: ConnId,
    pub(super) name: Option<DisplayName>,
    pub(super) media: MediaState,
    pub(super) visit: Option<VisitId>,
}

impl Hub {
    pub(super) fn join(&mut self, now: Millis, room: RoomName, resume: Option<Resume>, request: JoinRequest) {
        let conn = request.conn;
        if self.place_of(conn).is_some() {
            return self.refuse(conn, ErrorCode::AlreadyJoined, "this socket has a seat; leave it first");
        }
        if self.sockets.get(&conn).is_some_and(|socket| socket.pairs_only) {
            return self.admit_newcomer(now, room, request);
        }
        let visitor = request.visit.and_then(|visit| self.rooms.get(&room)?.visitor(visit));
        let claim = match visitor {
            // The answer to an earlier join of this visit was lost.
            Some(peer) => {
                let minute = self.minute(now);
                let proof = Proof { peer, provisional: false, locked: false, minute };
                Some((proof, ResumeMode::Reconnect))
            }
            None => resume.and_then(|Resume { token, mode }| Some((self.tokens.open(&room, &token)?, mode))),
        };
        let Some((proof, mode)) = claim else {
            return self.admit_newcomer(now, room, request);
        };
        let claimed = proof.peer;
        let peer = match mode {
            ResumeMode::Reconnect => claimed,
            ResumeMode::Takeover => self.successor(&room, claimed).unwrap_or(claimed),
        };
        let has_seat = self.rooms.get(&room).is_some_and(|room| room.seat(peer).is_some());
        if self.rooms.get(&room).is_some_and(|room| room.is_claimed_over_newer(claimed, conn)) {
            // The client has joined over a newer socket while this message was under way.
            return self.close_replaced(SeatLink::Up(conn));
        }
        match mode {
            ResumeMode::Reconnect if has_seat => self.resume(now, room, peer, request),
            ResumeMode::Takeover if has_seat => self.take_over(now, room, peer, request),
            ResumeMode::Reconnect if self.may_predate_restart(now, &room, proof) => {
                self.restore(now, room, proof, request, None);
            }
            ResumeMode::Takeover if self.may_predate_restart(now, &room, Proof { peer, ..proof }) => {
                let fresh = self.fresh_peer(&room);
                self.restore(now, room, Proof { peer: fresh, ..proof }, request, Some(peer));
            }
            ResumeMode::Reconnect | ResumeMode::Takeover => self.admit_newcomer(now, room, request),
        }
        self.record_claim(conn, claimed);
    }

    /// Until the client reads the answer it has only its old token. A page that is reloaded twice in a row
    /// presents it twice, and must get the seat that the first reload took.
    fn record_claim(&mut self, conn: ConnId, claimed: PeerId) {
        let Some(Place { room, peer }) = self.place_of(conn).filter(|place| place.peer != claimed) else {
            return;
        };
        if let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(peer)) {
            seat.claimed_by = Some(claimed);
        }
    }

    /// The client has its new token: the one with which it took the seat is void.
    pub(super) fn retire_claim(&mut self, now: Millis, conn: ConnId) {
        let Some(Place { room, peer }) = self.place_of(conn) else { return };
        let seat = self.rooms.get(&room).and_then(|room| room.seat(peer));
        if let Some(claimed) = seat.and_then(|seat| seat.claimed_by) {
            self.revoke(now, &room, claimed);
        }
    }

    /// Returns who took the seat of this id with the same token, unless they are connected and have a newer
    /// token: then the old one is spent.
    fn successor(&self, room: &RoomName, claimed: PeerId) -> Option<PeerId> {
        let seat = self.rooms.get(room)?.successor(claimed)?;
        let socket = seat.conn().and_then(|conn| self.sockets.get(&conn));
        socket.is_none_or(|socket| !socket.has_confirmed_seat).then_some(seat.peer)
    }

    pub(super) fn may_predate_restart(&self, now: Millis, room: &RoomName, proof: Proof) -> bool {
        let may_be_unknown = |room: &Room| room.is_in_grace(now) && room.successor(proof.peer).is_none();
        let may_room = self.rooms.get(room).is_none_or(may_be_unknown);
        let is_recent = self.minute(now).saturating_sub(proof.minute) <= MAX_AGE_MINUTES;
        may_room && is_recent && !self.is_revoked(room, proof.peer)
    }

    fn is_in_grace(&self, now: Millis, room: &RoomName) -> bool {
        self.rooms.get(room).is_some_and(|room| room.is_in_grace(now))
    }

    /// Creates the room if it does not exist.
    fn open_room(&mut self, now: Millis, name: &RoomName, grace_until: Millis) {
        if !self.rooms.contains_key(name) {
            self.rooms.insert(name.clone(), Room::new(grace_until));
            if grace_until > now {
                self.deadlines.set(Timer::GraceOver(name.clone()), grace_until);
            }
        }
    }

    fn admit_newcomer(&mut self, now: Millis, room: RoomName, request: JoinRequest) {
        if self.rooms.get(&room).is_some_and(|room| room.locked) {
            return self.send_room_locked(room, request.conn);
        }
        if !self.has_space(&room, request.conn) {
            let abandoned = self.rooms.get(&room).and_then(Room::abandoned_seat);
            if let Some(peer) = abandoned {
                self.free_seat(now, &Place { room: room.clone(), peer }, LeaveReason::Left);
            }
        }
        if !self.has_space(&room, request.conn) {
            return self.send_full(room, request.conn);
        }
        self.stats.joins += 1;
        let peer = self.fresh_peer(&room);
        self.open_room(now, &room, self.grace_until);
        let standing = if self.is_in_grace(now, &room) { Standing::Newcomer } else { Standing::Settled };
        self.take_seat(&room, peer, &request, standing, None);
        self.send_joined(now, room, peer, request.conn, true);
    }

    /// Creates a seat again that existed before a restart. Others who are back already may still have a
    /// connection to the id that it replaces.
    fn restore(
        &mut self,
        now: Millis,
        room: RoomName,
        proof: Proof,
        request: JoinRequest,
        replaces: Option<PeerId>,
    ) {
        if self.rooms.get(&room).is_some_and(|room| room.locked_before(proof)) {
            // Nor does it count after the next restart.
            self.revoke(now, &room, replaces.unwrap_or(proof.peer));
            return self.send_room_locked(room, request.conn);
        }
        let Proof { peer, provisional, .. } = proof;
        let standing = if provisional { Standing::Provisional } else { Standing::Settled };
        let locked = self.adopt_lock(now, &room, proof);
        if !self.has_space(&room, request.conn) {
            let Some(newcomer) = self.rooms.get(&room).and_then(|room| room.eviction_candidate(standing))
            else {
                return self.send_full(room, request.conn);
            };
            self.evict(now, &room, newcomer, Self::send_full);
        }
        self.stats.resumes += 1;
        self.extend_lost_seats(now, &room);
        self.open_room(now, &room, now + self.config.resume_window_ms);
        if let Some(old) = replaces {
            self.effects.push_back(Effect::SeatEnded { peer: old, end: SeatEnd::TakenOver });
        }
        let page_served = self.pages_served.remove(&room);
        // It is not known who was there before.
        if let Some(room) = self.rooms.get_mut(&room) {
            room.had_company = true;
            room.page_served = room.page_served.or(page_served);
        }
        self.take_seat(&room, peer, &request, standing, replaces);
        if let Some(seat) = self.rooms.get_mut(&room).and_then(|room| room.seat_mut(peer)) {
            seat.restored_by = Some(proof);
        }
        self.restore_lock(now, &room, proof, locked);
        let complete = !self.is_in_grace(now, &room);
        self.send_joined(now, room, peer, request.conn, complete);
    }

    /// Gives a seat a new socket of the same page.
    fn resume(&mut self, now: Millis, name: RoomName, peer: PeerId, request: JoinRequest) {
        self.extend_lost_seats(now, &name);
        let Some(seat) = self.rooms.get_mut(&name).and_then(|room| room.seat_mut(peer)) else { return };
        self.stats.resumes += 1;
        let before = std::mem::replace(&mut seat.link, SeatLink::Up(request.conn));
        let media_changed = seat.media != request.media;
        seat.name = request.name;
        seat.media = request.media;
        seat.visit = request.visit;
        seat.taken_over = request.conn;
        self.close_replaced(before);
        self.deadlines.clear(&Timer::Seat(name.clone(), peer));
        self.set_place(request.conn, &name, peer);
        let complete = !self.is_in_grace(now, &name);
        self.send_joined(now, name.clone(), peer, request.conn, complete);
        // Signals may have been lost even if nobody was told that the socket was lost.
        self.send_to_others(&name, peer, &ServerMsg::PeerBack { peer });
        if media_changed {
            self.send_to_others(&name, peer, &ServerMsg::MediaChanged { peer, media: request.media });
        }
    }

    /// The first to come back to a deserted room needs time to say which of the others they still see.
    fn extend_lost_seats(&mut self, now: Millis, name: &RoomName) {
        let Some(room) = self.rooms.get(name).filter(|room| room.is_deserted()) else { return };
        for seat in room.seats.iter().filter(|seat| seat.link == SeatLink::Down(SocketEnd::Lost)) {
            let until = now + self.config.resume_window_ms;
            self.deadlines.set(Timer::Seat(name.clone(), seat.peer), until);
        }
        if room.is_in_grace(now) {
            self.extend_grace(now, name.clone());
        }
    }

    /// Gives a seat to a new page of the same person, under a new id.
    fn take_over(&mut self, now: Millis, name: RoomName, old: PeerId, request: JoinRequest) {
        let peer = self.fresh_peer(&name);
        let Some(seat) = self.rooms.get_mut(&name).and_then(|room| room.seat_mut(old)) else { return };
        self.stats.resumes += 1;
        let before = std::mem::replace(&mut seat.link, SeatLink::Up(request.conn));
        seat.peer = peer;
        seat.name = request.name;
        seat.media = request.media;
        seat.visit = request.visit;
        seat.taken_over = request.conn;
        let info = seat.info();
        self.close_replaced(before);
        self.deadlines.clear(&Timer::Seat(name.clone(), old));
        self.effects.push_back(Effect::SeatEnded { peer: old, end: SeatEnd::TakenOver });
        self.set_place(request.conn, &name, peer);
        self.send_to_others(&name, peer, &ServerMsg::PeerJoined { peer: info, replaces: Some(old) });
        let complete = !self.is_in_grace(now, &name);
        self.send_joined(now, name, peer, request.conn, complete);
    }

    fn has_space(&self, room: &RoomName, conn: ConnId) -> bool {
        let capacity = self.capacity(room, conn);
        self.rooms.get(room).is_none_or(|room| room.has_space(capacity))
    }

    /// Returns how many people the room holds if this socket has a seat in it.
    fn capacity(&self, room: &RoomName, conn: ConnId) -> u32 {
        let knows_pairs_only = self.sockets.get(&conn).is_some_and(|socket| socket.pairs_only);
        let is_for_pairs = knows_pairs_only || self.rooms.get(room).is_some_and(Room::is_for_pairs);
        if is_for_pairs { PAIR } else { self.config.room_capacity }
    }

    pub(super) fn send_full(&mut self, room: RoomName, conn: ConnId) {
        let capacity = self.capacity(&room, conn);
        self.send(conn, ServerMsg::Full { room, capacity });
    }

    fn take_seat(
        &mut self,
        name: &RoomName,
        peer: PeerId,
        request: &JoinRequest,
        standing: Standing,
        replaces: Option<PeerId>,
    ) {
        let seat = Seat {
            peer,
            name: request.name.clone(),
            media: request.media,
            link: SeatLink::Up(request.conn),
            taken_over: request.conn,
            standing,
            pairs_only: self.sockets.get(&request.conn).is_some_and(|socket| socket.pairs_only),
            visit: request.visit,
            claimed_by: None,
            restored_by: None,
            hand: None,
            gestures: Gestures::default(),
        };
        let info = seat.info();
        if let Some(room) = self.rooms.get_mut(name) {
            room.take_seat(seat);
        }
        self.set_place(request.conn, name, peer);
        self.send_to_others(name, peer, &ServerMsg::PeerJoined { peer: info, replaces });
    }

    /// Frees a provisional seat for somebody who had one before the restart; `refuse` tells its holder why.
    pub(super) fn evict(
        &mut self,
        now: Millis,
        name: &RoomName,
        peer: PeerId,
        refuse: fn(&mut Self, RoomName, ConnId),
    ) {
        let conn = self.rooms.get(name).and_then(|room| room.seat(peer)).and_then(Seat::conn);
        if let Some(conn) = conn {
            if let Some(socket) = self.sockets.get_mut(&conn) {
                socket.place = None;
            }
            refuse(self, name.clone(), conn);
        }
        self.free_seat(now, &Place { room: name.clone(), peer }, LeaveReason::Left);
    }

    /// Closes the older socket of somebody who has taken their seat again.
    fn close_replaced(&mut self, before: SeatLink) {
        let SeatLink::Up(conn) = before else { return };
        self.sockets.remove(&conn);
        self.deadlines.clear(&Timer::Silence(conn));
        self.effects.push_back(Effect::Close { conn, code: CloseCode::Replaced });
    }

    fn send_joined(&mut self, now: Millis, name: RoomName, you: PeerId, conn: ConnId, complete: bool) {
        let Some(resume_token) = self.token_of(now, &name, you) else { return };
        let Some(room) = self.rooms.get(&name) else { return };
        // Whoever comes back may still have a connection to an id that was replaced meanwhile.
        let info = |seat: &Seat| PeerInfo { replaces: seat.claimed_by.filter(|_| !complete), ..seat.info() };
        let msg = ServerMsg::Joined {
            you,
            peers: room.others(you).map(info).collect(),
            ice_servers: Vec::new(),
            resume_token,
            capacity: self.capacity(&name, conn),
            complete,
            locked: room.locked,
            hand: room.seat(you).and_then(|seat| seat.hand),
            room: name,
        };
        self.send_ice_servers(now, conn, you, msg);
    }

    fn set_place(&mut self, conn: ConnId, room: &RoomName, peer: PeerId) {
        if let Some(socket) = self.sockets.get_mut(&conn) {
            socket.place = Some(Place { room: room.clone(), peer });
        }
    }

    /// Returns an unused id that is larger than all in the room, so that whoever was there first, and offers,
    /// is the polite side. Chromium 156 never shows the received picture again after rolling back an offer on
    /// a connection that the other side has offered.
    fn fresh_peer(&mut self, room: &RoomName) -> PeerId {
        let largest = self.rooms.get(room).and_then(Room::largest_peer);
        // The first id is below 2^62 and steps are below 2^40: ids cannot be guessed, and the numbers suffice
        // for more than 2^23 visitors of a room that is never empty.
        let next = match largest {
            None => Some(self.rng.next_u64() >> 2),
            Some(peer) => peer.number().checked_add(1 + (self.rng.next_u64() >> 24)),
        };
        PeerId::new(next.unwrap_or_else(|| self.rng.next_u64()))
    }
}
