//! What a hub asks of the shell.

use super::ConnId;
use crate::protocol::{CloseCode, RelayedMsg};

/// What the hub asks of the shell.
#[derive(Debug)]
pub enum Effect {
    /// Queue a message for a socket. If the queue is full: [`super::Input::Closed`] with [`super::End::Lost`].
    ///
    /// The shell fills in `joined.ice_servers`: credentials need a wall clock.
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
