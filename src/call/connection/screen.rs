//! When the shared screen is sent over a connection: once both sides have their first transceivers.

use crate::{
    call::{context::Context, effect::Effect},
    protocol::PeerId,
};

/// The shared screen on one connection.
#[derive(Debug)]
pub(crate) struct ScreenSender {
    peer: PeerId,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// None is shared.
    Off,
    Wanted,
    Sent,
}

impl ScreenSender {
    pub(crate) fn new(peer: PeerId, is_shared: bool) -> Self {
        Self { peer, state: if is_shared { State::Wanted } else { State::Off } }
    }

    pub(crate) fn share(&mut self) {
        self.state = State::Wanted;
    }

    /// The screen is not shared any more. The browser has been told.
    pub(crate) fn stop(&mut self) {
        self.state = State::Off;
    }

    /// The connection has been replaced by one that sends nothing yet.
    pub(crate) fn connection_replaced(&mut self) {
        if self.state == State::Sent {
            self.state = State::Wanted;
        }
    }

    /// Sends the screen if it is not sent yet. Not to be called before the first transceivers are there: if
    /// they come with the peer's offer, those of the screen would be beside them.
    pub(crate) fn send(&mut self, ctx: &mut Context<'_>) {
        if self.state == State::Wanted {
            self.state = State::Sent;
            ctx.emit(Effect::SendScreen { peer: self.peer });
        }
    }
}
