//! The rules of the hub, told as stories; `stage` is the language they are told in.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod credentials;
mod greeting;
mod life;
mod pairs;
mod properties;
mod restart;
mod retired;
mod returning;
mod rooms;
mod seed;
mod stage;
mod together;
mod visits;
