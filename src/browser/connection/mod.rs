//! The peer connections of the browser; what is done with them is decided in [`crate::call`].

pub(super) mod peer;
mod stats;
mod transceivers;
mod video_ramp;
