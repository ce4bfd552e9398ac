//! The signaling protocol: every message that crosses the WebSocket, as types that both sides share.
//!
//! The server ([`crate::hub`]) and the client ([`crate::call`]) speak only through these enums, so a message
//! that one side cannot read does not compile on the other. `docs/PROTOCOL.md` is the same contract in prose,
//! and `tests/fixtures/` holds one JSON document per message: a changed fixture is a protocol change.
//!
//! Rules that keep old and new programs talking:
//! - requests are imperative (`join`), facts are past tense (`peer_joined`);
//! - unknown fields are ignored, new fields have a default that means "not supported";
//! - unknown values of reasons and codes become `Unknown`;
//! - an undecodable frame is answered with an error and the socket lives.

mod chat;
mod codec;
mod error;
mod files;
mod ids;
mod json;
mod kept;
mod members;
mod message;
mod object_writer;
mod reaction;
mod requests;
mod signal;
mod tracks;

#[cfg(test)]
mod tests;

pub use chat::{
    ChatHello, ChatMessage, ChatMsg, Digest, InvalidNumber, MAX_CHANNEL_BYTES, MAX_CLOCK, MAX_FORMER_SEATS,
    MAX_TEXT_BYTES, MessageId, ProofKey,
};
pub use codec::{
    RawClientMsg, RawServerMsg, RawSignal, decode_client, decode_server, encode, encode_for_client,
};
pub use error::{CloseCode, DecodeError, ErrorCode};
pub use files::{
    CancelReason, FileId, FileMsg, FileOffer, MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, TransferMsg,
    USUAL_CHUNK_BYTES, USUAL_STEP_BYTES, WINDOW_BYTES, message_bytes,
};
pub use ids::{
    DisplayName, InvalidName, InvalidPeer, InvalidRoom, InvalidToken, InvalidVisit, PeerId, ResumeToken,
    RoomName, VisitId, is_ignorable,
};
pub use kept::KeptChat;
pub use message::{ClientMsg, IceServer, LeaveReason, MediaState, PeerInfo, Resume, ResumeMode, ServerMsg};
pub use reaction::Reaction;
pub use requests::encode_request;
pub use signal::{Candidate, Description, DescriptionKind, Signal, Viewing};
pub use tracks::{TrackSource, Tracks};

/// Version spoken by this build. It changes only when an old peer could not go on.
pub const VERSION: u32 = 1;

/// Feature of clients that say in offers and answers which source each media section carries.
pub const FEATURE_TRACKS: &str = "tracks";

/// Feature of servers that pass on whether somebody shares a screen.
pub const FEATURE_SCREEN: &str = "screen";

/// Feature of clients and servers: a room can be locked.
pub const FEATURE_LOCK: &str = "lock";

/// Feature of clients and servers: people can raise their hand.
pub const FEATURE_HANDS: &str = "hands";

/// Feature of clients and servers: people can show a [`Reaction`].
pub const FEATURE_REACTIONS: &str = "reactions";

/// Largest frame a server accepts, in bytes; checked before anything is parsed.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
