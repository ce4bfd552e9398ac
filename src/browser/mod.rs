//! The client shell: web-sys on one side, the [`crate::call`] core on the other.
//!
//! Listeners only give inputs to the core's queue; the queue is drained one input at a time, and what the core then
//! asks for is done. Every listener, timer, socket and track has an owner here that ends it in `Drop`.
//!
//! Compiles in both builds; entered only in a browser, behind a client-only gate.

mod js;
mod media;
mod meter;
mod page;
mod peer;
mod picture;
mod seat;
mod session;
mod socket;
mod stall;

pub use seat::seat_key;
use session::Feed;
pub use session::Session;
pub use socket::EARLY_SOCKET;
