//! Stories of a client that talks to the server as a browser does, and properties for those that do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod asking;
mod properties;
mod relaying;
mod stage;
mod vectors;
