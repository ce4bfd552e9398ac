//! Effects of the hub.

use super::{ConnId, Revocation};
use crate::protocol::{CloseCode, PeerId, RawServerMsg};

/// What the shell has to do.
#[derive(Debug)]
pub enum Effect {
    /// Queue a message for a socket. If the queue is full: [`super::Input::Closed`] with
    /// [`super::SocketEnd::Lost`].
    Send {
        /// To this socket.
        conn: ConnId,
        /// The message.
        msg: RawServerMsg,
    },
    /// The same for `joined` and `ice_servers`, with the ICE servers of this peer filled in: their
    /// credentials need a wall clock.
    SendIceServers {
        /// To this socket.
        conn: ConnId,
        /// Whose credentials.
        peer: PeerId,
        /// The message, without servers.
        msg: RawServerMsg,
    },
    /// Close a socket after the queued messages. The hub has dropped it; no `Closed` needs to follow.
    Close {
        /// This socket.
        conn: ConnId,
        /// Close code.
        code: CloseCode,
    },
    /// Keep this for [`super::Hub::restore_revoked`] after a restart.
    Revoke(Revocation),
    /// Somebody has no seat under this id any more: nothing new may be done in its name.
    SeatEnded {
        /// The id.
        peer: PeerId,
        /// How.
        end: SeatEnd,
    },
}

/// How a seat ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatEnd {
    /// Given up, or given to somebody else.
    Left,
    /// Its socket was lost for too long. There may still be media between its holder and others.
    TimedOut,
    /// It goes on under another id.
    TakenOver,
}
