//! The signaling socket, and the stay in a room.

pub(crate) mod socket;
pub(crate) mod visit;
