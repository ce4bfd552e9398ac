//! How files go from browser to browser. A file is offered and accepted by messages on the chat channel of a
//! connection, and goes over a channel of its own. `docs/PROTOCOL.md` describes it; `tests/fixtures/files`
//! holds one document per message.

use super::{
    MAX_CLOCK,
    chat::{InvalidNumber, hexadecimal},
    json::{FromJson, Json},
    object_writer::ObjectWriter,
};
use std::{fmt, str::FromStr};

/// Most bytes in one message on the channel of a transfer. `maxMessageSize` of Chromium (W3C webrtc,
/// section 5.6.1).
pub const MAX_CHUNK_BYTES: usize = 256 * 1024;
/// Most bytes in one message to a receiver who does not say how many it takes.
pub const USUAL_CHUNK_BYTES: usize = 64 * 1024;
/// Fewest bytes in one message, unless it is the last of the file.
pub const MIN_CHUNK_BYTES: usize = 16 * 1024;
/// A receiver says how far it is after so many bytes, unless it says otherwise.
pub const USUAL_STEP_BYTES: u64 = 1024 * 1024;
/// Most bytes that are sent beyond what the receiver says it has stored.
pub const WINDOW_BYTES: u64 = 8 * 1024 * 1024;

hexadecimal! {
    /// One file that is offered, to however many: random, from a cryptographic source.
    FileId
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileId({self})")
    }
}

/// A file that somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOffer {
    /// Which.
    pub id: FileId,
    /// What it is called, by the sender: anything.
    pub name: String,
    /// Its size in bytes, at most 2^53 - 1.
    pub size: u64,
    /// Its media type, by the sender. May be empty.
    pub media_type: String,
    /// It is for the receiver alone, and was offered to nobody else.
    pub private: bool,
}

/// Why a transfer ends before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// The receiver does not want the file.
    Declined,
    /// The person at one end ended it.
    Cancelled,
    /// What arrived is not what was sent: the hashes differ.
    Damaged,
    /// The receiver cannot store it.
    Storage,
    /// The sender cannot read it.
    Unreadable,
    /// The other side does not keep to the protocol.
    Invalid,
    /// Too many files are offered at once.
    Busy,
}

/// What is sent about files over a chat channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileMsg {
    /// Offers a file; again whenever the channel is there again, until the transfer has ended.
    Offer(FileOffer),
    /// The receiver wants the file, or the rest of it.
    Accept {
        /// Which.
        id: FileId,
        /// The first byte that is to be sent.
        from: u64,
        /// Most bytes that the receiver takes in one message.
        chunk: usize,
        /// The receiver says how far it is after so many bytes.
        step: u64,
    },
    /// One side ends the transfer.
    Cancel {
        /// Of which file.
        id: FileId,
        /// Why.
        reason: CancelReason,
    },
    /// The receiver has all of it, and it is what was sent.
    Done {
        /// Which.
        id: FileId,
    },
}

/// What is sent over the channel of a transfer, besides bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferMsg {
    /// How far the receiver is.
    Stored {
        /// How many bytes are stored, from the beginning of the file.
        bytes: u64,
        /// How many bytes have arrived, from the beginning of the file.
        received: u64,
    },
    /// All bytes were sent.
    End {
        /// The SHA-256 of the whole file.
        sha256: [u8; 32],
    },
}

impl CancelReason {
    const ALL: [Self; 7] = [
        Self::Declined,
        Self::Cancelled,
        Self::Damaged,
        Self::Storage,
        Self::Unreadable,
        Self::Invalid,
        Self::Busy,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Damaged => "damaged",
            Self::Storage => "storage",
            Self::Unreadable => "unreadable",
            Self::Invalid => "invalid",
            Self::Busy => "busy",
        }
    }
}

impl FromJson for CancelReason {
    /// A reason that is not known counts as [`Self::Cancelled`].
    fn from_json(json: &Json) -> Option<Self> {
        let name = json.as_text()?;
        Some(Self::ALL.into_iter().find(|reason| reason.name() == name).unwrap_or(Self::Cancelled))
    }
}

impl FileMsg {
    /// The message as JSON.
    pub fn encode(&self) -> String {
        let kind = |kind, id: &FileId| ObjectWriter::new().text("kind", kind).text("id", &id.to_string());
        match self {
            Self::Offer(offer) => {
                let described = kind("file_offer", &offer.id)
                    .text("name", &offer.name)
                    .number("size", offer.size)
                    .text("type", &offer.media_type);
                if offer.private { described.flag("private", true) } else { described }
            }
            Self::Accept { id, from, chunk, step } => kind("file_accept", id)
                .number("from", *from)
                .number("chunk", *chunk as u64)
                .number("step", *step),
            Self::Cancel { id, reason } => kind("file_cancel", id).text("reason", reason.name()),
            Self::Done { id } => kind("file_done", id),
        }
        .end()
    }

    /// Reads a message. `None` if it is malformed, or not about files.
    pub fn decode(text: &str) -> Option<Self> {
        let json = Json::parse(text)?;
        let members = json.as_object()?;
        let kind = members.read::<String>("kind")?;
        let id = members.read("id")?;
        Some(match kind.as_str() {
            "file_offer" => Self::Offer(FileOffer {
                id,
                name: members.read("name")?,
                size: members.read("size").filter(|size| *size <= MAX_CLOCK)?,
                media_type: members.read_or_default("type")?,
                private: members.read_or_default("private")?,
            }),
            "file_accept" => Self::Accept {
                id,
                from: members.read("from")?,
                chunk: chunk(members.read("chunk").unwrap_or_default()),
                step: members.read("step").unwrap_or(USUAL_STEP_BYTES).min(USUAL_STEP_BYTES),
            },
            "file_cancel" => {
                Self::Cancel { id, reason: members.read("reason").unwrap_or(CancelReason::Cancelled) }
            }
            "file_done" => Self::Done { id },
            _ => return None,
        })
    }
}

impl TransferMsg {
    /// The message as JSON.
    pub fn encode(&self) -> String {
        let kind = |kind| ObjectWriter::new().text("kind", kind);
        match self {
            Self::Stored { bytes, received } => {
                kind("stored").number("bytes", *bytes).number("received", *received)
            }
            Self::End { sha256 } => kind("end").text("sha256", &hexadecimal(sha256)),
        }
        .end()
    }

    /// Reads a message. `None` if it is malformed, or of a kind that is not known.
    pub fn decode(text: &str) -> Option<Self> {
        let json = Json::parse(text)?;
        let members = json.as_object()?;
        Some(match members.read::<String>("kind")?.as_str() {
            "stored" => {
                let bytes = members.read("bytes")?;
                Self::Stored { bytes, received: members.read("received").unwrap_or(bytes) }
            }
            "end" => Self::End { sha256: bytes(&members.read::<String>("sha256")?)? },
            _ => return None,
        })
    }
}

/// How many bytes are sent in one message to a receiver who says that it takes so many.
fn chunk(takes: u64) -> usize {
    let takes = usize::try_from(takes).unwrap_or(MAX_CHUNK_BYTES);
    message_bytes(takes.max(USUAL_CHUNK_BYTES), MAX_CHUNK_BYTES)
}

/// The length of all messages with bytes of a file but the last, for a receiver that takes so many bytes in
/// one, where the browsers agreed on so many at most. A power of two, which divides what is read at once:
/// otherwise each part that is read would end with a shorter message.
pub fn message_bytes(takes: usize, agreed: usize) -> usize {
    1 << takes.min(agreed).clamp(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES).ilog2()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 0xf].map(|four| char::from_digit(u32::from(four), 16));
    bytes.iter().flat_map(digits).flatten().collect()
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    Some(bytes)
}
