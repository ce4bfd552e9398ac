//! What people in a room do together beside talking: lock it, raise hands, react.
//!
//! The lock of a room keeps newcomers out, and ends with the room. A restarted hub learns of it from the
//! first person who returns with a token that says so: see [`Hub::adopt_lock`].

use super::{
    ConnId, Hub,
    room::{Seat, Standing, is_after_lock},
    socket::{Abilities, Place},
    token::Proof,
};
use crate::{
    protocol::{ErrorCode, PeerId, RawServerMsg, Reaction, ResumeToken, RoomName, ServerMsg},
    sansio::Millis,
};

impl Hub {
    /// Locks or unlocks the room of this socket.
    pub(super) fn lock(&mut self, now: Millis, conn: ConnId, locked: bool) {
        let Some(Place { room: name, peer }) = self.place_of_gesture(now, conn) else { return };
        let Some(room) = self.rooms.get_mut(&name).filter(|room| room.locked != locked) else { return };
        room.locked = locked;
        // A newcomer of this grace period or of an earlier one need not know whether the room was locked.
        room.lock_is_settled |= room.seat(peer).is_some_and(|seat| seat.standing == Standing::Settled);
        self.send_locked(now, &name, peer, true);
    }

    /// Raises or lowers the hand of this socket.
    pub(super) fn raise_hand(&mut self, now: Millis, conn: ConnId, raised: bool) {
        let Some(Place { room: name, peer }) = self.place_of_gesture(now, conn) else { return };
        let Some(room) = self.rooms.get_mut(&name) else { return };
        let number = room.hands.saturating_add(1);
        let Some(seat) = room.seat_mut(peer).filter(|seat| seat.hand.is_some() != raised) else { return };
        seat.hand = raised.then_some(number);
        let hand = seat.hand;
        room.hands = room.hands.max(hand.unwrap_or_default());
        self.send_to_able(&name, |able| able.hands, &ServerMsg::HandRaised { peer, hand });
    }

    /// Passes a reaction on.
    pub(super) fn react(&mut self, now: Millis, conn: ConnId, reaction: Reaction) {
        let Some(Place { room: name, peer }) = self.place_of_gesture(now, conn) else { return };
        self.send_to_able(&name, |able| able.reactions, &ServerMsg::Reaction { peer, reaction });
    }

    /// Before somebody returns to a seat from before a restart: if their room was locked, newcomers who were
    /// quicker lose their seats again. Who came so after an earlier restart, but before the lock, keeps the
    /// seat: they may have been in the call without hearing of it. Returns whether the room is to be locked.
    pub(super) fn adopt_lock(&mut self, now: Millis, name: &RoomName, proof: Proof) -> bool {
        let room = self.rooms.get(name);
        if !proof.locked || room.is_some_and(|room| room.lock_is_settled || proof.minute < room.lock_known) {
            return false;
        }
        let is_newcomer = |seat: &&Seat| match seat.standing {
            Standing::Newcomer => true,
            Standing::Provisional => seat.restored_by.is_some_and(|held| is_after_lock(held, proof.minute)),
            Standing::Settled => false,
        };
        let newcomers = room.into_iter().flat_map(|room| &room.seats).filter(is_newcomer);
        for peer in newcomers.map(|seat| seat.peer).collect::<Vec<_>>() {
            self.evict(now, name, peer, Self::send_room_locked);
        }
        true
    }

    /// Takes what somebody who has returned has proved of the lock. If it locks the room, they are told by
    /// `joined`.
    pub(super) fn restore_lock(&mut self, now: Millis, name: &RoomName, proof: Proof, locked: bool) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        if !proof.provisional {
            room.lock_known = room.lock_known.max(proof.minute);
        }
        if locked && !room.locked {
            room.locked = true;
            self.send_locked(now, name, proof.peer, false);
        }
    }

    /// Refuses a seat in a locked room. Clients that do not know locks are told `full`, which has the same
    /// consequence for them.
    pub(super) fn send_room_locked(&mut self, name: RoomName, conn: ConnId) {
        if self.sockets.get(&conn).is_some_and(|socket| socket.abilities.lock) {
            self.refuse(conn, ErrorCode::RoomLocked, "the room is locked");
        } else {
            self.send_full(name, conn);
        }
    }

    /// Returns a token for this seat as it is now.
    pub(super) fn token_of(&self, now: Millis, name: &RoomName, peer: PeerId) -> Option<ResumeToken> {
        let room = self.rooms.get(name);
        let seat = room.and_then(|room| room.seat(peer));
        let provisional = seat.is_some_and(|seat| seat.standing < Standing::Settled);
        let locked = room.is_some_and(|room| room.locked);
        self.tokens.seal(name, Proof { peer, provisional, locked, minute: self.minute(now) })
    }

    /// Tells everybody in the room whether it is locked, with new tokens that say the same.
    fn send_locked(&mut self, now: Millis, name: &RoomName, by: PeerId, also_to_them: bool) {
        let Some(room) = self.rooms.get(name) else { return };
        let locked = room.locked;
        let people: Vec<_> = room.seats.iter().filter_map(|seat| Some((seat.peer, seat.conn()?))).collect();
        for (peer, conn) in people {
            if (also_to_them || peer != by)
                && self.sockets.get(&conn).is_some_and(|socket| socket.abilities.lock)
                && let Some(resume_token) = self.token_of(now, name, peer)
            {
                self.send(conn, ServerMsg::Locked { locked, by, resume_token });
            }
        }
    }

    /// Sends a message to everybody in the room whose client understands it.
    fn send_to_able(&mut self, name: &RoomName, able: fn(Abilities) -> bool, msg: &RawServerMsg) {
        let conns = self.rooms.get(name).into_iter().flat_map(|room| &room.seats).filter_map(Seat::conn);
        for conn in conns.collect::<Vec<_>>() {
            if self.sockets.get(&conn).is_some_and(|socket| able(socket.abilities)) {
                self.send(conn, msg.clone());
            }
        }
    }

    /// Returns who makes a gesture, unless they may not.
    fn place_of_gesture(&mut self, now: Millis, conn: ConnId) -> Option<Place> {
        let Some(place) = self.place_of(conn) else {
            self.refuse(conn, ErrorCode::NotJoined, "join a room first");
            return None;
        };
        let seat = self.rooms.get_mut(&place.room).and_then(|room| room.seat_mut(place.peer))?;
        if !seat.gestures.accept(now) {
            self.refuse(conn, ErrorCode::RateLimited, "too many hands, reactions and locks");
            return None;
        }
        Some(place)
    }
}
