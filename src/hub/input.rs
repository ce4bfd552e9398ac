//! What the shell tells a hub.

use crate::protocol::{DecodeError, RelayMsg, RoomName};

/// One WebSocket, named by the shell in the order in which they were opened; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// What the shell tells the hub.
#[derive(Debug)]
pub enum Input {
    /// A socket was opened.
    Connected {
        /// Its name from now on.
        conn: ConnId,
    },
    /// A text frame came in; or one that could not be read.
    Frame {
        /// From this socket.
        conn: ConnId,
        /// What it said.
        frame: Result<RelayMsg, DecodeError>,
    },
    /// A socket is gone, or is being closed by the shell. Nothing more is sent to it.
    Closed {
        /// Which.
        conn: ConnId,
        /// How it ended.
        end: End,
    },
    /// Somebody is given the page of this room: a newcomer, or who loads it anew.
    PageServed {
        /// Which room.
        room: RoomName,
    },
    /// [`super::Hub::poll_timeout`] has passed.
    Tick,
    /// The server is about to stop. Nobody is left afterwards; their tokens are good for the server that comes next.
    Stop,
}

/// How a socket ended, which decides how long its seat is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client went away (close code 1000, 1001 or none, without `leave`), and may come back. Short grace.
    PageGone,
    /// The page went away (close code 4006). If it is being loaded anew the server was asked for it just before; then like
    /// [`Self::PageGone`]. If it was not, the page is closed for good. No grace.
    PageClosed,
    /// Anything else: the network, a crash, a slow consumer, a rate limit. The whole resume window.
    Lost,
}
