//! What happens to transfers.

use super::transfer::Key;
use crate::protocol::{DisplayName, FileId, PeerId};

/// A file that the person wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// A fresh id.
    pub id: FileId,
    /// What it is called.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What the browser says it is.
    pub media_type: String,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Who else is in the room now.
    People(Vec<(PeerId, Option<DisplayName>)>),
    /// The chat channel to a peer is open.
    Opened(PeerId),
    /// The chat channel to a peer is closed, and the connection may be gone.
    Closed(PeerId),
    /// A text came over the chat channel to a peer.
    Received {
        /// From whom.
        peer: PeerId,
        /// The text, whatever it is.
        text: String,
    },
    /// The person sends files.
    Offer {
        /// Which.
        files: Vec<NewFile>,
        /// To whom, if not to everybody.
        to: Option<PeerId>,
    },
    /// The person wants a file.
    Accept(Key),
    /// The person does not want a file, or ends a transfer.
    Cancel(Key),
    /// The person wants to see no more of a transfer that has ended.
    Remove(Key),
    /// The transfers are on the screen, or no longer.
    Shown(bool),
    /// The peer has opened the channel of a transfer that [`super::Files::awaits`].
    ChannelCame(Key),
    /// The peer has opened a channel for a transfer that [`super::Files::awaits`] not, and it was refused.
    ChannelRefused(Key),
    /// Messages can be sent over the channel of a transfer.
    ChannelOpened(Key),
    /// The channel of a transfer is closed, or could not be opened.
    ChannelClosed(Key),
    /// A text came over the channel of a transfer.
    ChannelText {
        /// Which transfer.
        key: Key,
        /// The text, whatever it is.
        text: String,
    },
    /// Bytes came over the channel of a transfer.
    Chunk {
        /// Which transfer.
        key: Key,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A message came over the channel of a transfer that is longer than it may be, and was not read.
    TooLong(Key),
    /// So many bytes wait to be sent over the channel of a transfer.
    Buffered {
        /// Which transfer.
        key: Key,
        /// How many.
        bytes: u64,
    },
    /// Part of a file was read.
    Block {
        /// For which transfer.
        key: Key,
        /// Where it begins.
        from: u64,
        /// What is there.
        bytes: Vec<u8>,
    },
    /// Part of a file could not be read.
    ReadFailed(Key),
    /// The file of a transfer can be written.
    SinkOpened(Key),
    /// The person does not want to say where the file is to be written.
    SinkDismissed(Key),
    /// The file of a transfer cannot be written.
    SinkFailed(Key),
    /// What was last to be written of a transfer is written.
    Written(Key),
    /// The file of a transfer is written and closed.
    SinkFinished(Key),
    /// The time of [`crate::sansio::Core::poll_timeout`] has come.
    Tick,
}
