//! The peer connections of the browser.

pub(crate) mod peer;
mod stall;
mod video_ramp;
