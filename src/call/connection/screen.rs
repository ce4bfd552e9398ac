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
    /// What the browser was told last. `None` while it sends no screen over this connection.
    told: Option<Encoding>,
}

impl ScreenSender {
    /// A connection that sends nothing yet.
    pub(crate) fn new(peer: PeerId, plan: Option<Encoding>) -> Self {
        Self { peer, plan, told: None }
    }

    /// There is another plan. That no screen is shared any more has been told to the browser.
    pub(crate) fn set_plan(&mut self, ctx: &mut Context<'_>, plan: Option<Encoding>) {
        self.plan = plan;
        let told = std::mem::take(&mut self.told);
        if let (Some(encoding), Some(told)) = (plan, told) {
            self.told = plan;
            if encoding != told {
                ctx.emit(Effect::Encode { peer: self.peer, source: TrackSource::Screen, encoding });
            }
        }
    }

    /// The connection has been replaced by one that sends nothing yet.
    pub(crate) fn connection_replaced(&mut self) {
        self.told = None;
    }

    /// Sends the screen if one is shared and not sent yet. Not to be called before the first transceivers are
    /// there: if they come with the peer's offer, those of the screen would be beside them.
    pub(crate) fn send(&mut self, ctx: &mut Context<'_>) {
        if let (Some(encoding), None) = (self.plan, self.told) {
            self.told = self.plan;
            ctx.emit(Effect::SendScreen { peer: self.peer, encoding });
        }
    }
}
