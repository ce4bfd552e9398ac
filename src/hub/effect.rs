//! Effects of the hub.

use super::ConnId;
use crate::protocol::{CloseCode, RawServerMsg};

/// What the shell has to do.
#[derive(Debug)]
pub enum Effect {
    /// Queue a message for a socket. If the queue is full: [`super::Input::Closed`] with
    /// [`super::SocketEnd::Lost`].
    ///
    /// The shell fills in `joined.ice_servers`: credentials need a wall clock.
    Send {
        /// To this socket.
        conn: ConnId,
        /// The message.
        msg: RawServerMsg,
    },
    /// Close a socket after the queued messages. The hub has dropped it; no `Closed` needs to follow.
    Close {
        /// This socket.
        conn: ConnId,
        /// Close code.
        code: CloseCode,
    },
}
