//! A stay in a room: what it takes to join, and how it ends.

use crate::{
    call::view::{Failure, Status},
    protocol::{DisplayName, ErrorCode, MediaState, PeerId, ResumeMode, ResumeToken, RoomName, VisitId},
};

/// A stay in a room, from the command to join until leaving.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) room: RoomName,
    pub(crate) name: Option<DisplayName>,
    /// The shell has looked whether this tab had a seat before it was reloaded.
    pub(crate) claimed: bool,
    /// Lets the server recognise a repeated join whose answer was lost.
    pub(crate) id: Option<VisitId>,
    pub(crate) token: Option<(ResumeToken, ResumeMode)>,
    pub(crate) seat: Option<OwnSeat>,
    /// Why there is no seat yet, while one is awaited.
    pub(crate) refusal: Option<Refusal>,
    /// The media state last sent.
    pub(crate) sent: MediaState,
}

/// This client's seat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnSeat {
    pub(crate) me: PeerId,
    pub(crate) capacity: u32,
}

/// Why a room has no seat for a newcomer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    /// All seats are taken.
    Full { capacity: u32 },
    /// The room is locked.
    Locked,
}

impl Refusal {
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Full { .. } => Status::Full,
            Self::Locked => Status::Locked,
        }
    }

    pub(crate) fn capacity(self) -> Option<u32> {
        match self {
            Self::Full { capacity } => Some(capacity),
            Self::Locked => None,
        }
    }
}

/// How a visit ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum VisitEnd {
    Left,
    Refused(Refusal),
    Failed(Failure),
}

impl VisitEnd {
    /// The end that an error of the server means, if any. `joining` is a visit without a seat.
    pub(crate) fn from_error(code: ErrorCode, joining: bool) -> Option<Self> {
        let failure = match code {
            ErrorCode::BadRoom => Failure::BadRoom,
            ErrorCode::BadName => Failure::BadName,
            ErrorCode::UnsupportedVersion => Failure::UnsupportedVersion,
            ErrorCode::BadMessage | ErrorCode::UnknownType | ErrorCode::HelloFirst | ErrorCode::Unknown
                if joining =>
            {
                Failure::Refused
            }
            // In a call these concern one message that came too late to matter; a socket that is closed for
            // it reconnects.
            ErrorCode::BadMessage
            | ErrorCode::UnknownType
            | ErrorCode::HelloFirst
            | ErrorCode::AlreadyJoined
            | ErrorCode::NotJoined
            | ErrorCode::NoSuchPeer
            | ErrorCode::RateLimited
            | ErrorCode::RoomLocked
            | ErrorCode::Unknown => return None,
        };
        Some(Self::Failed(failure))
    }
}
