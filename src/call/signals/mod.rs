//! What is said to the server and what comes of it: the core of the signals view.
//!
//! The page records every signaling message and every state of its connections ([`Recorded`]); the view shows
//! them as [`Entry`]s: in a sequence diagram ([`Diagram`]), in a list, and as a [`waterfall`] from
//! navigation to the first picture. [`sdp`] explains session descriptions line by line. [`Capsule`] is a
//! file of entries, without addresses and credentials ([`Redactor`]). Pure, and apart from [`super::Call`]:
//! used only by a part of the page that loads late. Messages are foreign text: nothing here panics,
//! whatever it is.

mod addresses;
mod capsule;
mod diagram;
mod entry;
mod filter;
mod json;
mod log;
mod redact;
pub mod sdp;
mod waterfall;

#[cfg(test)]
mod tests;

pub use capsule::{Capsule, CapsuleError, ErrorKind, MAX_BYTES, MAX_ENTRIES};
pub use diagram::{Arrow, Column, Diagram};
pub use entry::{Direction, Entry, Event, Message, Recorded, State, StateKind};
pub use filter::{Filter, Kind};
pub use json::{Json, NotJson};
pub use log::Log;
pub use redact::{Level, Redactor};
pub use waterfall::{Bar, PageTimes, Step, waterfall};
