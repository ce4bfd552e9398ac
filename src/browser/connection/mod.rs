//! The peer connections of the browser; what is done with them is decided in [`crate::call`].

mod peer;
mod set;
mod stats;
mod transceivers;
mod video_ramp;

pub(super) use peer::PeerConnection;
pub(super) use set::PeerConnections;
