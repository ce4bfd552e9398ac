//! The server core: sessions and rooms, without sockets, clock or randomness of its own.
//!
//! [`crate::server`] owns a hub, feeds it what the sockets say and does what it asks. Invariants:
//! - a message never leaves its room, and `from` is always the true sender;
//! - a room exists as long as somebody has a seat in it, and holds no more people than its capacity;
//! - a connection has at most one seat, a seat at most one connection.

use crate::{
    protocol::{CloseCode, DecodeError, RelayMsg, RelayedMsg},
    sansio::Millis,
};

/// One WebSocket, named by the shell; never used twice.
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
    /// [`Hub::poll_timeout`] has passed.
    Tick,
}

/// How a socket ended, which decides how long its seat is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The page went away (close code 1001): it is either being loaded anew or closed for good. Short grace.
    PageGone,
    /// Anything else: the network, a crash, a slow consumer, a rate limit. The whole resume window.
    Lost,
}

/// What the hub asks of the shell.
#[derive(Debug)]
pub enum Effect {
    /// Queue a message for a socket. If the queue is full: [`Input::Closed`] with [`End::Lost`].
    Send {
        /// To this socket.
        conn: ConnId,
        /// What to say.
        msg: RelayedMsg,
    },
    /// Close a socket, after what is queued for it. The hub has forgotten it; no `Closed` needs to follow.
    Close {
        /// Which.
        conn: ConnId,
        /// With which code.
        code: CloseCode,
    },
}

/// How a hub behaves.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// Seats in a room.
    pub room_capacity: u32,
    /// Interval of heartbeats. Unit: millisecond. A socket that is silent for two intervals is closed.
    pub heartbeat_ms: u64,
    /// How long the seat of a lost socket is kept. Unit: millisecond.
    pub resume_window_ms: u64,
    /// How long the seat of a page that went away is kept. Unit: millisecond.
    pub reload_window_ms: u64,
    /// Undecodable frames after which a socket is closed.
    pub forgiven_frames: u32,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            room_capacity: 2,
            heartbeat_ms: 10_000,
            resume_window_ms: 30_000,
            reload_window_ms: 5_000,
            forgiven_frames: 10,
        }
    }
}

/// Every session and room of one server.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
}

impl Hub {
    /// A hub without anybody. `token_key` authenticates resume tokens, `seed` is where peer ids come from; both are
    /// secret and random. `now` is when the server started.
    pub fn new(now: Millis, config: HubConfig, _token_key: [u8; 32], _seed: [u8; 32]) -> Self {
        let _ = now;
        Self { config }
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, _now: Millis, _input: Input) {}

    /// What to do next; ask until `None` after every input.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        let _ = &self.config;
        None
    }

    /// When to come back with [`Input::Tick`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        None
    }

    /// Rooms that exist now.
    pub fn room_count(&self) -> usize {
        0
    }

    /// Sockets that are open now.
    pub fn conn_count(&self) -> usize {
        0
    }
}
