//! The state of one socket: what it has sent so far, and which seat it has.

use crate::{
    protocol::{PeerId, RoomName},
    sansio::Millis,
};

/// The state of one socket.
#[derive(Debug)]
pub(super) struct SocketState {
    pub(super) said_hello: bool,
    pub(super) bad_frames: u32,
    pub(super) last_heard: Millis,
    pub(super) place: Option<Place>,
    /// When new credentials for ICE servers are due: they go with the first heartbeat after that.
    pub(super) renew_ice_at: Option<Millis>,
    /// A frame has come since the seat was taken: the client has read `joined`, and has its token.
    pub(super) has_confirmed_seat: bool,
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
            bad_frames: 0,
            last_heard: now,
            place: None,
            renew_ice_at: None,
            has_confirmed_seat: false,
        }
    }
}
