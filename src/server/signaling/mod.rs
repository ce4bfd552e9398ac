//! The shell of [`crate::hub`]: its WebSockets, its timer, and the ICE servers that clients are told.

pub(crate) mod codelab;
pub(crate) mod counters;
pub(crate) mod driver;
pub(crate) mod frames;
pub(crate) mod ice_servers;
mod joins;
mod mailbox;
pub(crate) mod socket;
