//! Scenarios of clients that behave like browsers, and properties for clients that do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod asking;
mod limits;
mod properties;
mod relaying;
mod stage;
mod vectors;
