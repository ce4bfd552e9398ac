//! The seats of one room.

use super::{ConnId, SocketEnd, gestures::Gestures, token::Proof};
use crate::{
    protocol::{DisplayName, MediaState, PeerId, PeerInfo, VisitId},
    sansio::Millis,
};

/// For this long the grace period of a room may be extended after its usual end: whoever is not back by then
/// joins as a newcomer. Unit: millisecond.
const LONGEST_GRACE_MS: u64 = 60 * 60 * 1000;

/// A room: its seats, in the order in which they were taken.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) seats: Vec<Seat>,
    /// Until then the room is in its *grace period*: a token may claim a seat that this hub does not know.
    pub(super) grace_until: Millis,
    /// Until then the grace period may be extended.
    grace_limit: Millis,
    /// Two people have had a seat at the same time.
    pub(super) had_company: bool,
    /// When the page was last served. A reload requests the new page before the old one is gone.
    pub(super) page_served: Option<Millis>,
    /// Nobody new gets in.
    pub(super) locked: bool,
    /// Somebody with a settled seat has locked or unlocked it: tokens from before a restart say nothing about
    /// that any more.
    pub(super) lock_is_settled: bool,
    /// When the latest token was made that said whether it was locked before a restart: older ones say
    /// nothing about that. Unit: minutes since 1970.
    pub(super) lock_known: u32,
    /// How many hands were raised so far.
    pub(super) hands: u32,
}

/// Priority of a seat while people who had one before a restart may still come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Came without a token. Evicted for anybody who has one.
    Newcomer,
    /// Had a seat before the restart, but took it as a newcomer in an earlier grace period.
    Provisional,
    /// Never evicted.
    Settled,
}

/// The place of one person in a room.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) peer: PeerId,
    pub(super) name: Option<DisplayName>,
    pub(super) media: MediaState,
    pub(super) link: SeatLink,
    /// The socket over which the seat was last taken; it may be lost by now.
    pub(super) taken_over: ConnId,
    pub(super) standing: Standing,
    /// Taken by a client that knows calls of two only.
    pub(super) pairs_only: bool,
    /// The visit that last took it.
    pub(super) visit: Option<VisitId>,
    /// The id in the token that this seat was taken with, if it differs from `peer`.
    pub(super) claimed_by: Option<PeerId>,
    /// What the token said with which it was taken after a restart.
    pub(super) restored_by: Option<Proof>,
    /// The hand is raised, and was so after those with smaller numbers.
    pub(super) hand: Option<u32>,
    /// How many more hands, reactions and locks are accepted.
    pub(super) gestures: Gestures,
}

/// Whether a seat has a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeatLink {
    /// It has this one.
    Up(ConnId),
    /// The socket ended like this, and the seat is kept for a while.
    Down(SocketEnd),
}

/// Whether a newcomer of an earlier grace period got this token when a token of that minute said already that
/// the room was locked.
pub(super) fn is_after_lock(proof: Proof, lock_minute: u32) -> bool {
    proof.provisional && !proof.locked && proof.minute >= lock_minute
}

impl Seat {
    pub(super) fn conn(&self) -> Option<ConnId> {
        match self.link {
            SeatLink::Up(conn) => Some(conn),
            SeatLink::Down(_) => None,
        }
    }

    pub(super) fn info(&self) -> PeerInfo {
        PeerInfo {
            id: self.peer,
            name: self.name.clone(),
            media: self.media,
            reconnecting: self.conn().is_none(),
            replaces: None,
            hand: self.hand,
        }
    }
}

impl Room {
    pub(super) fn new(grace_until: Millis) -> Self {
        let grace_limit = grace_until + LONGEST_GRACE_MS;
        Self {
            seats: Vec::new(),
            grace_until,
            grace_limit,
            had_company: false,
            page_served: None,
            locked: false,
            lock_is_settled: false,
            lock_known: 0,
            hands: 0,
        }
    }

    /// Extends the grace period up to this time, or to its limit.
    pub(super) fn extend_grace(&mut self, until: Millis) {
        self.grace_until = self.grace_until.max(until.min(self.grace_limit));
    }

    pub(super) fn is_in_grace(&self, now: Millis) -> bool {
        now < self.grace_until
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Returns whether no seat has a socket.
    pub(super) fn is_deserted(&self) -> bool {
        self.seats.iter().all(|seat| seat.conn().is_none())
    }

    pub(super) fn has_space(&self, capacity: u32) -> bool {
        u32::try_from(self.seats.len()).is_ok_and(|taken| taken < capacity)
    }

    /// Returns whether somebody here knows calls of two only.
    pub(super) fn is_for_pairs(&self) -> bool {
        self.seats.iter().any(|seat| seat.pairs_only)
    }

    /// Returns a seat whose holder is lost and cannot come back to it.
    pub(super) fn abandoned_seat(&self) -> Option<PeerId> {
        let is_abandoned = |seat: &&Seat| seat.pairs_only && seat.conn().is_none();
        self.seats.iter().find(is_abandoned).map(|seat| seat.peer)
    }

    pub(super) fn take_seat(&mut self, seat: Seat) {
        self.seats.push(seat);
        self.had_company |= self.seats.len() > 1;
    }

    pub(super) fn seat(&self, peer: PeerId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.peer == peer)
    }

    /// Returns the seat that was taken with the token of this id.
    pub(super) fn successor(&self, claimed: PeerId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.claimed_by == Some(claimed))
    }

    /// Returns whether the seat of this id, or its successor, was taken over a socket newer than `conn`.
    pub(super) fn is_claimed_over_newer(&self, claimed: PeerId, conn: ConnId) -> bool {
        let of_claim = |seat: &&Seat| seat.peer == claimed || seat.claimed_by == Some(claimed);
        self.seats.iter().filter(of_claim).any(|seat| seat.taken_over > conn)
    }

    /// Returns the peer whose seat this visit took.
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

    /// Returns whom to evict for somebody of this standing: the latest of those with the lowest one.
    pub(super) fn eviction_candidate(&self, to: Standing) -> Option<PeerId> {
        let last = self.seats.iter().rev().min_by_key(|seat| seat.standing)?;
        (last.standing < to).then_some(last.peer)
    }

    /// Whether the room was locked already when a newcomer of an earlier grace period got this token. If not,
    /// they may have been in the call without hearing of the lock.
    pub(super) fn locked_before(&self, proof: Proof) -> bool {
        self.locked && !self.lock_is_settled && is_after_lock(proof, self.lock_known)
    }

    /// Ends the grace period for the seats: every one is as good as any other.
    pub(super) fn settle(&mut self) {
        for seat in &mut self.seats {
            seat.standing = Standing::Settled;
        }
    }

    pub(super) fn largest_peer(&self) -> Option<PeerId> {
        self.seats.iter().map(|seat| seat.peer).max()
    }

    /// Returns every seat but this one.
    pub(super) fn others(&self, peer: PeerId) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(move |seat| seat.peer != peer)
    }
}
