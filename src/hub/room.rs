//! The seats of one room.

use super::{ConnId, End};
use crate::{
    protocol::{DisplayName, MediaState, PeerId, PeerInfo, VisitId},
    sansio::Millis,
};

/// A room: its seats, in the order in which they were taken.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) seats: Vec<Seat>,
    /// Until then it is *young*: a token may prove a seat from before, of which this hub has no memory.
    pub(super) young_until: Millis,
    /// When the page was served last: who loads it anew asks for it before the old one goes.
    pub(super) page_served: Option<Millis>,
}

/// How good somebody's right to a seat is while those who had one before a restart may still come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Came without a token: gives way to everybody who has one.
    Newcomer,
    /// Had a seat before the restart, but as a newcomer after the restart before.
    Provisional,
    /// Gives way to nobody.
    Settled,
}

/// Somebody's place in a room.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) peer: PeerId,
    pub(super) name: Option<DisplayName>,
    pub(super) media: MediaState,
    pub(super) link: Link,
    /// The socket over which it was taken, or taken again; may be lost.
    pub(super) over: ConnId,
    pub(super) standing: Standing,
    /// The visit that took it, or came back to it last.
    pub(super) visit: Option<VisitId>,
    /// The id in the token that this seat was taken with, if it is another one.
    pub(super) taken_with: Option<PeerId>,
}

/// Whether the person on a seat can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Over this socket.
    Up(ConnId),
    /// Not now: the socket ended like this, and the seat is kept for a while.
    Down(End),
}

impl Seat {
    pub(super) fn conn(&self) -> Option<ConnId> {
        match self.link {
            Link::Up(conn) => Some(conn),
            Link::Down(_) => None,
        }
    }

    pub(super) fn info(&self) -> PeerInfo {
        PeerInfo {
            id: self.peer,
            name: self.name.clone(),
            media: self.media,
            reconnecting: self.conn().is_none(),
        }
    }
}

impl Room {
    pub(super) const fn new(young_until: Millis) -> Self {
        Self { seats: Vec::new(), young_until, page_served: None }
    }

    pub(super) fn is_young(&self, now: Millis) -> bool {
        now < self.young_until
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Nobody can be reached.
    pub(super) fn is_deserted(&self) -> bool {
        self.seats.iter().all(|seat| seat.conn().is_none())
    }

    pub(super) fn has_space(&self, capacity: u32) -> bool {
        u32::try_from(self.seats.len()).is_ok_and(|taken| taken < capacity)
    }

    pub(super) fn take_seat(&mut self, seat: Seat) {
        self.seats.push(seat);
    }

    pub(super) fn seat(&self, peer: PeerId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.peer == peer)
    }

    /// The seat that was taken with the token of this id.
    pub(super) fn heir(&self, claimed: PeerId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.taken_with == Some(claimed))
    }

    /// Whether the seat of this id, or the one that took its place, was taken over a socket that is newer than `conn`.
    pub(super) fn is_claimed_over_newer(&self, claimed: PeerId, conn: ConnId) -> bool {
        let of_claim = |seat: &&Seat| seat.peer == claimed || seat.taken_with == Some(claimed);
        self.seats.iter().filter(of_claim).any(|seat| seat.over > conn)
    }

    /// Who has the seat that this visit took.
    pub(super) fn visitor(&self, visit: VisitId) -> Option<PeerId> {
        self.seats.iter().find(|seat| seat.visit == Some(visit)).map(|seat| seat.peer)
    }

    pub(super) fn seat_mut(&mut self, peer: PeerId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.peer == peer)
    }

    pub(super) fn free_seat(&mut self, peer: PeerId) -> Option<Seat> {
        let at = self.seats.iter().position(|seat| seat.peer == peer)?;
        Some(self.seats.remove(at))
    }

    /// Who has to give way to somebody of this standing: of those with the least right the last.
    pub(super) fn who_gives_way(&self, to: Standing) -> Option<PeerId> {
        let last = self.seats.iter().rev().min_by_key(|seat| seat.standing)?;
        (last.standing < to).then_some(last.peer)
    }

    /// Nobody who had a seat before a restart is awaited any more.
    pub(super) fn settle(&mut self) {
        for seat in &mut self.seats {
            seat.standing = Standing::Settled;
        }
    }

    pub(super) fn largest_peer(&self) -> Option<PeerId> {
        self.seats.iter().map(|seat| seat.peer).max()
    }

    /// Everybody but this one.
    pub(super) fn others(&self, peer: PeerId) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(move |seat| seat.peer != peer)
    }
}
