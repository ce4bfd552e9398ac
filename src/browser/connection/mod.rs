//! The peer connections of the browser; what is done with them is decided in [`crate::call`].

mod codecs;
mod encoding;
mod peer;
pub(super) mod readings;
mod set;
mod stats;
mod transceivers;
mod two_channels;

pub(super) use peer::{HELD, PeerConnection, configuration};
pub(super) use set::{Opened, PeerConnections};
