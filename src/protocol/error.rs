//! What can go wrong on the wire, with codes that stay the same.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, not an object, or a known type with missing or wrong fields.
    BadMessage,
    /// A `type` this server does not know.
    UnknownType,
    /// `join` with a room name that is none.
    BadRoom,
    /// `join` with a display name that is none.
    BadName,
    /// Anything but `hello` as the first message.
    HelloFirst,
    /// A version that this server does not support; the socket is closed.
    UnsupportedVersion,
    /// A second `join` on a socket that has a seat.
    AlreadyJoined,
    /// A request that needs a seat, without one.
    NotJoined,
    /// `signal` to somebody who is not in the same room, or whose socket is lost.
    NoSuchPeer,
    /// Too many messages in a short time; the socket is closed. Or too many joins of one network, or too many
    /// gestures of one seat: then it stays open.
    RateLimited,
    /// `join` to a room that is locked, without a seat in it; or the seat is lost to the lock.
    RoomLocked,
    /// A code this build does not know.
    #[serde(other)]
    Unknown,
}

/// Why a frame could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct DecodeError {
    /// Code of the answer.
    pub code: ErrorCode,
    /// What was wrong. For people who debug a client.
    pub message: String,
}

impl DecodeError {
    /// An error with [`ErrorCode::BadMessage`].
    pub fn bad_message(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::BadMessage, message: message.into() }
    }
}

/// WebSocket close codes of this protocol (RFC 6455, section 7.4; 4000-4999 are the application's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// 1001: the page is unloaded, or the server stops. Reconnect.
    GoingAway,
    /// 1009: a frame was larger than [`super::MAX_FRAME_BYTES`].
    TooLarge,
    /// 4000: too many frames could not be read.
    BadMessages,
    /// 4001: nothing was received for two heartbeat intervals. Sent by either side.
    HeartbeatTimeout,
    /// 4002: the client did not read what was sent. May resume.
    SlowConsumer,
    /// 4003: the seat was taken by another socket of the same person. Do not reconnect automatically.
    Replaced,
    /// 4004: too many messages in a short time. May resume, later.
    RateLimited,
    /// 4005: no common protocol version. Do not reconnect before an update.
    UnsupportedVersion,
    /// 4006: sent by a client whose page is closed, or reloaded from the server.
    PageClosed,
    /// 4007: the socket had no seat for a minute.
    NoSeat,
    /// Any other code.
    Other(u16),
}

impl CloseCode {
    /// The number on the wire.
    pub const fn number(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooLarge => 1009,
            Self::BadMessages => 4000,
            Self::HeartbeatTimeout => 4001,
            Self::SlowConsumer => 4002,
            Self::Replaced => 4003,
            Self::RateLimited => 4004,
            Self::UnsupportedVersion => 4005,
            Self::PageClosed => 4006,
            Self::NoSeat => 4007,
            Self::Other(number) => number,
        }
    }

    /// The meaning of a number on the wire.
    pub const fn from_number(number: u16) -> Self {
        match number {
            1001 => Self::GoingAway,
            1009 => Self::TooLarge,
            4000 => Self::BadMessages,
            4001 => Self::HeartbeatTimeout,
            4002 => Self::SlowConsumer,
            4003 => Self::Replaced,
            4004 => Self::RateLimited,
            4005 => Self::UnsupportedVersion,
            4006 => Self::PageClosed,
            4007 => Self::NoSeat,
            other => Self::Other(other),
        }
    }
}
