//! The chat of a few people, in simulated time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bounds;
mod coming_late;
mod lying;
mod properties;
mod reloading;
mod stage;
mod talking;

use super::*;
use crate::protocol::{ChatHello, ChatMessage, ChatMsg, Digest, MAX_CHANNEL_BYTES, MAX_TEXT_BYTES};
