//! What is known of a transfer.

use sha2::{Digest, Sha256};

use super::{flight::Flight, names::FileName, pictures::Content, place::Place, speed::Speed};
use crate::protocol::{CancelReason, DisplayName, FileId, PeerId};

/// One transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The other side.
    pub peer: PeerId,
    /// The file.
    pub id: FileId,
    /// In which direction.
    pub direction: Direction,
}

/// The direction of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From a peer.
    In,
    /// To a peer.
    Out,
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The receiver has not said yet whether they want the file.
    Offered,
    /// The receiver's browser makes a place for the file.
    Opening,
    /// It waits for its turn, or for the other side.
    Queued,
    /// Bytes go.
    Running,
    /// The channel broke. It goes on when there is another.
    Interrupted,
    /// All bytes were sent; the receiver writes the last ones and compares.
    Checking,
    /// The receiver has what was sent.
    Done,
    /// It ended before.
    Ended(Ending),
}

impl State {
    /// Nothing more comes.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Ended(_))
    }
}

/// How a transfer ended before it was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The receiver did not want the file.
    Declined,
    /// This person ended it.
    Cancelled,
    /// The other person ended it.
    CancelledByPeer,
    /// The other person has left.
    Left,
    /// What arrived is not what was sent.
    Damaged,
    /// The receiver's browser could not write it.
    Storage,
    /// The receiver's browser has no place for so large a file.
    TooLarge,
    /// The sender's browser could not read it.
    Unreadable,
    /// The other side did not keep to the protocol.
    Invalid,
    /// Too many files were offered at once.
    Busy,
}

impl Ending {
    /// How a transfer ends whose other side says this.
    pub(super) const fn told(reason: CancelReason) -> Self {
        match reason {
            CancelReason::Declined => Self::Declined,
            CancelReason::Cancelled => Self::CancelledByPeer,
            CancelReason::Damaged => Self::Damaged,
            CancelReason::Storage => Self::Storage,
            CancelReason::Unreadable => Self::Unreadable,
            CancelReason::Invalid => Self::Invalid,
            CancelReason::Busy => Self::Busy,
        }
    }
}

/// A file that is sent, to however many.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) size: u64,
    pub(super) name: String,
    pub(super) media_type: String,
    /// The hash of the first [`Self::hashed`] bytes. One for all receivers, each of which may be elsewhere.
    pub(super) hasher: Sha256,
    pub(super) hashed: u64,
}

impl Source {
    /// Takes in part of the file, as far as it is not hashed yet.
    pub(super) fn hash(&mut self, from: u64, bytes: &[u8]) {
        let known = self.hashed.checked_sub(from).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| bytes.get(known..)) {
            self.hasher.update(new);
            self.hashed += new.len() as u64;
        }
    }
}

/// A file on its way to one peer.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) seq: u64,
    pub(super) who: Option<DisplayName>,
    pub(super) name: FileName,
    pub(super) size: u64,
    /// It was offered to nobody else.
    pub(super) private: bool,
    pub(super) state: State,
    /// There is a channel, open or not.
    pub(super) has_channel: bool,
    /// From where on the peer wants it.
    pub(super) asked: u64,
    /// How many bytes the peer takes in one message.
    pub(super) chunk: usize,
    /// After how many bytes the peer says how far it is.
    pub(super) step: u64,
    /// Where what was read last begins and ends.
    pub(super) block: u64,
    pub(super) read: u64,
    /// The next byte to be sent.
    pub(super) next: u64,
    /// The most that ever was sent.
    pub(super) reached: u64,
    /// The peer was told that all was sent, at least once.
    pub(super) told_end: bool,
    /// Up to where the peer has stored it.
    pub(super) stored: u64,
    /// Up to where it has arrived there.
    pub(super) arrived: u64,
    /// A part is being read.
    pub(super) reading: bool,
    /// Enough waits to be sent.
    pub(super) congested: bool,
    pub(super) flight: Flight,
    pub(super) reopen_ms: u64,
    pub(super) speed: Speed,
}

impl Outgoing {
    /// All of it was sent, and not all of it is with the peer.
    pub(super) fn drains(&self) -> bool {
        self.state == State::Checking && self.arrived < self.size
    }
}

/// A file on its way from a peer.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) seq: u64,
    pub(super) who: Option<DisplayName>,
    pub(super) name: FileName,
    pub(super) size: u64,
    /// The peer says that it was offered to nobody else.
    pub(super) private: bool,
    pub(super) state: State,
    /// It was on the screen.
    pub(super) seen: bool,
    pub(super) place: Place,
    /// Accepted without a question, as a picture.
    pub(super) unasked: bool,
    /// The peer was asked to open a channel.
    pub(super) awaits: bool,
    pub(super) has_channel: bool,
    pub(super) received: u64,
    pub(super) written: u64,
    /// What the peer was last told has arrived.
    pub(super) told: u64,
    /// What has arrived and is not being written.
    pub(super) pending: Vec<u8>,
    /// How many bytes are being written.
    pub(super) writing: u64,
    pub(super) hasher: Sha256,
    /// The beginning of the file, until it is known what it is.
    pub(super) head: Vec<u8>,
    pub(super) content: Content,
    pub(super) retry_ms: u64,
    pub(super) speed: Speed,
}
