//! What transfers need to be done.

use super::{names::FileName, place::Place, transfer::Key};
use crate::protocol::{FileId, PeerId};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Sends a text over the chat channel to a peer.
    Send {
        /// To whom.
        peer: PeerId,
        /// The text.
        text: String,
    },
    /// Opens the channel of a transfer, with [`super::channel_label`].
    OpenChannel {
        /// Which transfer.
        key: Key,
        /// The first byte that goes over it.
        from: u64,
    },
    /// Closes the channel of a transfer.
    CloseChannel(Key),
    /// Sends a text over the channel of a transfer.
    SendText {
        /// Which transfer.
        key: Key,
        /// The text.
        text: String,
    },
    /// Reads part of a file.
    Read {
        /// For which transfer.
        key: Key,
        /// The first byte.
        from: u64,
        /// How many.
        bytes: u64,
    },
    /// Sends bytes of what was read last for a transfer over its channel, in messages of
    /// [`crate::protocol::message_bytes`]; then reports [`super::Input::Buffered`], and again when few bytes
    /// wait.
    SendPart {
        /// Which transfer.
        key: Key,
        /// Where they begin in what was read.
        from: u64,
        /// How many.
        bytes: u64,
    },
    /// Forgets a file that the person sent.
    Forget(FileId),
    /// Opens the file of a transfer to write it.
    OpenSink {
        /// Which transfer.
        key: Key,
        /// Where.
        place: Place,
        /// What to propose as its name.
        name: FileName,
    },
    /// Writes bytes to the end of the file of a transfer. What was to be written before is.
    Write {
        /// Which transfer.
        key: Key,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Closes the file of a transfer: it is complete.
    FinishSink(Key),
    /// Removes the file of a transfer, complete or not, wherever the person did not choose it.
    DropSink(Key),
    /// What is shown has changed.
    Show,
}
