//! One socket: what it has said so far, and where it sits.

use crate::{
    protocol::{PeerId, RoomName},
    sansio::Millis,
};

/// What the hub knows of one socket.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) greeted: bool,
    pub(super) bad_frames: u32,
    pub(super) last_heard: Millis,
    pub(super) place: Option<Place>,
    /// Something was said since the seat was taken: the client has heard of it, and has its token.
    pub(super) knows_its_seat: bool,
}

/// A seat, by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) room: RoomName,
    pub(super) peer: PeerId,
}

impl Session {
    pub(super) const fn new(now: Millis) -> Self {
        Self { greeted: false, bad_frames: 0, last_heard: now, place: None, knows_its_seat: false }
    }
}
