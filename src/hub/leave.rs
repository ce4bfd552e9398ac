//! Losing and freeing a seat: how long it is kept for whoever lost the socket, who can extend that, and what
//! the others are told.

use super::{
    ConnId, Effect, Hub, Revocation, SeatEnd, SocketEnd, Timer,
    room::{Seat, SeatLink, Standing},
    socket::Place,
    token::MAX_AGE_MINUTES,
};
use crate::{
    protocol::{ErrorCode, LeaveReason, PeerId, RoomName, ServerMsg},
    sansio::Millis,
};

impl Hub {
    /// A socket is gone. Its seat is kept for a window that depends on how it ended.
    pub(super) fn forget_socket(&mut self, now: Millis, conn: ConnId, end: SocketEnd) {
        self.deadlines.clear(&Timer::Silence(conn));
        let Some(place) = self.sockets.remove(&conn).and_then(|socket| socket.place) else { return };
        let Some(room) = self.rooms.get_mut(&place.room) else { return };
        let reload_window = self.config.reload_window_ms;
        let window = match end {
            SocketEnd::Lost => self.config.resume_window_ms,
            SocketEnd::PageGone => reload_window,
            SocketEnd::PageClosed if room.page_served.is_some_and(|at| now <= at + reload_window) => {
                reload_window
            }
            SocketEnd::PageClosed => return self.free_seat(now, &place, LeaveReason::Left),
        };
        let Place { room: name, peer } = place;
        let Some(seat) = room.seat_mut(peer) else { return };
        seat.link = SeatLink::Down(end);
        self.deadlines.set(Timer::Seat(name.clone(), peer), now + window);
        self.send_to_others(&name, peer, &ServerMsg::PeerReconnecting { peer });
    }

    /// Keeps the seat of a peer whose socket is lost, because the sender still has media from them: a seat of
    /// this hub, or, in a grace period, one that only its holder can prove.
    pub(super) fn keep_seat(&mut self, now: Millis, conn: ConnId, peer: PeerId) {
        let Some(Place { room: name, peer: me }) = self.place_of(conn) else {
            return self.refuse(conn, ErrorCode::NotJoined, "join a room first");
        };
        let Some(room) = self.rooms.get(&name) else { return };
        // A newcomer cannot have a connection from before the restart.
        let may_keep = room.seat(me).is_some_and(|seat| seat.standing > Standing::Newcomer);
        let is_revoked = self.is_revoked(&name, peer);
        match room.seat(peer).map(|seat| seat.link) {
            Some(SeatLink::Down(SocketEnd::Lost)) => {
                self.deadlines.set(Timer::Seat(name, peer), now + self.config.resume_window_ms);
            }
            Some(SeatLink::Up(_) | SeatLink::Down(SocketEnd::PageGone | SocketEnd::PageClosed)) => {}
            None if room.is_in_grace(now) && may_keep && !is_revoked => self.extend_grace(now, name),
            None => self.refuse(conn, ErrorCode::NoSuchPeer, "nobody of this id is awaited in the room"),
        }
    }

    pub(super) fn extend_grace(&mut self, now: Millis, name: RoomName) {
        let Some(room) = self.rooms.get_mut(&name) else { return };
        room.extend_grace(now + self.config.resume_window_ms);
        if room.is_in_grace(now) {
            self.deadlines.set(Timer::GraceOver(name), room.grace_until);
        } else {
            room.settle();
        }
    }

    /// Frees a seat whose time is over. In a deserted room nobody can keep seats of others, so all seats last
    /// as long as the last of them.
    pub(super) fn on_seat_due(&mut self, now: Millis, place: Place) {
        let Some(room) = self.rooms.get(&place.room) else { return };
        let reason = match room.seat(place.peer).map(|seat| seat.link) {
            Some(SeatLink::Down(SocketEnd::Lost)) => LeaveReason::TimedOut,
            Some(SeatLink::Down(SocketEnd::PageGone | SocketEnd::PageClosed)) => LeaveReason::Left,
            Some(SeatLink::Up(_)) | None => return,
        };
        if reason == LeaveReason::TimedOut && room.is_deserted() {
            let due = |seat: &Seat| self.deadlines.at(&Timer::Seat(place.room.clone(), seat.peer));
            if let Some(last) = room.others(place.peer).filter_map(due).max().filter(|last| *last > now) {
                return self.deadlines.set(Timer::Seat(place.room, place.peer), last);
            }
        }
        self.free_seat(now, &place, reason);
    }

    /// Frees a seat and tells the others, or removes the room with its last seat. The caller updates the
    /// socket.
    pub(super) fn free_seat(&mut self, now: Millis, place: &Place, reason: LeaveReason) {
        let Place { room: name, peer } = place;
        let Some(room) = self.rooms.get_mut(name) else { return };
        let Some(Seat { claimed_by, .. }) = room.free_seat(*peer) else { return };
        let end = if reason == LeaveReason::TimedOut { SeatEnd::TimedOut } else { SeatEnd::Left };
        self.effects.push_back(Effect::SeatEnded { peer: *peer, end });
        let empty = room.is_empty();
        // There may be calls that go on without the server. Who was alone has none.
        let may_be_in_call = reason == LeaveReason::TimedOut && room.is_deserted() && room.had_company;
        self.deadlines.clear(&Timer::Seat(name.clone(), *peer));
        if !may_be_in_call {
            for id in [Some(*peer), claimed_by].into_iter().flatten() {
                self.revoke(now, name, id);
            }
        }
        if empty {
            self.rooms.remove(name);
            self.deadlines.clear(&Timer::GraceOver(name.clone()));
        } else {
            self.send_to_others(name, *peer, &ServerMsg::PeerLeft { peer: *peer, reason });
        }
    }

    /// Makes the tokens of this id worthless, also after a restart.
    pub(super) fn revoke(&mut self, now: Millis, name: &RoomName, peer: PeerId) {
        let Some(token) = self.tokens.fingerprint(name, peer) else { return };
        let minute = self.minute(now);
        self.revoked.forget_before(minute.saturating_sub(MAX_AGE_MINUTES));
        let revocation = Revocation { minute, token };
        if self.revoked.add(revocation) {
            self.effects.push_back(Effect::Revoke(revocation));
        }
    }

    pub(super) fn is_revoked(&self, name: &RoomName, peer: PeerId) -> bool {
        self.tokens.fingerprint(name, peer).is_none_or(|token| self.revoked.has(token))
    }
}
