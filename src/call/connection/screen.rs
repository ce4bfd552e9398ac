//! The shared screen on one connection: sent once both sides have their first transceivers.

use super::media_plan::Encoding;
use crate::{
    call::{context::Context, effect::Effect},
    protocol::{PeerId, TrackSource},
};

/// The shared screen on one connection.
#[derive(Debug)]
pub(crate) struct ScreenSender {
    peer: PeerId,
    /// `None` while no screen is shared.
    plan: Option<Encoding>,
    /// How the browser sends it. `None` while it sends no screen over this connection.
    sent: Option<Encoding>,
}

impl ScreenSender {
    /// A connection that sends nothing yet.
    pub(crate) fn new(peer: PeerId, plan: Option<Encoding>) -> Self {
        Self { peer, plan, sent: None }
    }

    /// There is another plan. Without a screen in it, `ReleaseScreen` has removed the track already.
    pub(crate) fn set_plan(&mut self, ctx: &mut Context<'_>, plan: Option<Encoding>) {
        self.plan = plan;
        let sent = std::mem::take(&mut self.sent);
        if let (Some(encoding), Some(sent)) = (plan, sent) {
            self.sent = plan;
            if encoding != sent {
                ctx.emit(Effect::Encode { peer: self.peer, source: TrackSource::Screen, encoding });
            }
        }
    }

    /// The connection has been replaced by one that sends nothing yet.
    pub(crate) fn connection_replaced(&mut self) {
        self.sent = None;
    }

    /// Sends the screen if one is shared and not sent yet. Not to be called before the first transceivers are
    /// there: if they come with the peer's offer, those of the screen would be beside them.
    pub(crate) fn send(&mut self, ctx: &mut Context<'_>) {
        if let (Some(encoding), None) = (self.plan, self.sent) {
            self.sent = self.plan;
            ctx.emit(Effect::SendScreen { peer: self.peer, encoding });
        }
    }
}
