//! The state of one socket: what it has sent so far, and which seat it has.

use crate::{
    protocol::{FEATURE_HANDS, FEATURE_LOCK, FEATURE_REACTIONS, PeerId, RoomName},
    sansio::Millis,
};

/// The state of one socket.
#[derive(Debug)]
pub(super) struct SocketState {
    pub(super) said_hello: bool,
    /// What the client understands.
    pub(super) abilities: Abilities,
    /// The client knows calls of two only: see [`super::Input::KnowsPairsOnly`].
    pub(super) pairs_only: bool,
    pub(super) bad_frames: u32,
    pub(super) last_heard: Millis,
    pub(super) place: Option<Place>,
    /// When new credentials for ICE servers are due: they go with the first heartbeat after that.
    pub(super) renew_ice_at: Option<Millis>,
    /// A frame has come since the seat was taken: the client has read `joined`, and has its token.
    pub(super) has_confirmed_seat: bool,
}

/// The features of a client that the hub needs to know: it sends their messages to nobody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    pub(super) lock: bool,
    pub(super) hands: bool,
    pub(super) reactions: bool,
}

impl Abilities {
    pub(super) fn of(features: &[String]) -> Self {
        let has = |name| features.iter().any(|feature| feature == name);
        Self { lock: has(FEATURE_LOCK), hands: has(FEATURE_HANDS), reactions: has(FEATURE_REACTIONS) }
    }
}

/// Room and peer id: the address of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) room: RoomName,
    pub(super) peer: PeerId,
}

impl SocketState {
    pub(super) const fn new(now: Millis) -> Self {
        Self {
            said_hello: false,
            abilities: Abilities { lock: false, hands: false, reactions: false },
            pairs_only: false,
            bad_frames: 0,
            last_heard: now,
            place: None,
            renew_ice_at: None,
            has_confirmed_seat: false,
        }
    }
}
