//! The client shell: web-sys on one side, the [`crate::call`] core on the other.
//!
//! Listeners only give inputs to the core's queue; the queue is drained one input at a time, and what the
//! core then asks for is done. Every listener, timer, socket and track has an owner here that ends it in
//! `Drop`.
//!
//! Compiles in both builds; entered only in a browser, behind a client-only gate.

mod channels;
mod chat;
mod connection;
mod devices;
mod diagnosis;
mod driven;
mod driver;
mod early;
mod feed;
mod files;
mod incoming;
mod js;
mod lifecycle;
mod loudspeaker;
mod meter;
mod preview;
mod random;
mod record;
mod screen;
mod seat;
mod socket;
mod sound_choice;
mod speakers;
mod storage;
mod wake_lock;
mod watched;

pub use channels::{ChannelEvent, Channels, DataChannel, NewChannel};
pub use chat::ChatDriver;
pub use connection::readings::ConnectionReading;
pub use diagnosis::DiagnosisDriver;
pub use driven::now;
pub use driver::CallDriver;
pub use files::FilesDriver;
pub use incoming::EARLY_STAGE;
pub use loudspeaker::{Loudspeaker, Sound, loudspeakers, play_on};
pub use record::{Record, RecordWatch, mark, page_times};
pub use screen::can_share_screen;
pub use seat::{is_in_call_elsewhere, seat_key};
pub use sound_choice::remember_sound;
pub use speakers::SpeakerWatch;
pub use storage::{keep, kept, remember, remembered};
