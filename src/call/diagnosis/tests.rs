#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod devices;
mod properties;
mod running;
mod stage;
mod verdicts;
