//! Inputs of the hub.

use crate::protocol::{DecodeError, RawClientMsg, RoomName};

/// One WebSocket. The shell numbers them in the order in which they are opened and reuses no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// An event that the shell reports.
#[derive(Debug)]
pub enum Input {
    /// A socket was opened.
    Connected {
        /// Its number.
        conn: ConnId,
    },
    /// The client of this new socket knows calls of two only: a room with it holds no more, and it cannot
    /// come back to its seat. Comes before any frame.
    KnowsPairsOnly {
        /// Which.
        conn: ConnId,
    },
    /// A frame was received.
    Frame {
        /// From this socket.
        conn: ConnId,
        /// Its message, or why it could not be decoded.
        frame: Result<RawClientMsg, DecodeError>,
    },
    /// A socket is gone, or is being closed by the shell. The hub sends nothing more to it.
    Closed {
        /// Which.
        conn: ConnId,
        /// How it ended.
        end: SocketEnd,
    },
    /// The page of this room was served, to a newcomer or for a reload.
    PageServed {
        /// Which room.
        room: RoomName,
    },
    /// [`crate::sansio::Core::poll_timeout`] has passed.
    Tick,
    /// The server is about to stop. Closes every socket; the tokens stay valid for the next server process.
    Stop,
}

/// How a socket ended. Decides how long its seat is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketEnd {
    /// The client closed it without `leave` (close code 1000, 1001 or none). The seat is kept for the reload
    /// window.
    PageGone,
    /// The page is unloaded (close code 4006). If the page was served within the reload window, this is a
    /// reload and handled like [`Self::PageGone`]; otherwise the seat is freed at once.
    PageClosed,
    /// Anything else: network, crash, slow consumer, rate limit. The seat is kept for the resume window.
    Lost,
}
