//! Files between a few people, in simulated time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bounds;
mod breaking;
mod going;
mod lying;
mod properties;
mod sharing;
mod stage;

use super::*;
use crate::protocol::{FileOffer, MAX_CHUNK_BYTES, USUAL_CHUNK_BYTES, USUAL_STEP_BYTES, WINDOW_BYTES};
