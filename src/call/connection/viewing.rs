//! How large pictures are shown at the two ends of one connection. Each side tells the other, so that nobody
//! encodes and uploads more than is looked at.

use crate::{
    call::context::{ConnectionTimer, Context, Timer},
    protocol::{ClientMsg, MediaState, PeerId, Signal, Viewing},
};

/// Shortest time between two signals. Unit: millisecond.
const QUIET_MS: u64 = 1_000;

/// How large pictures are shown at the two ends of a connection.
#[derive(Debug)]
pub(crate) struct Viewings {
    peer: PeerId,
    /// How large the peer's are shown here.
    here: Viewing,
    /// What the peer knows of that.
    told: Viewing,
    /// How large the own ones are shown there, as the peer says.
    there: Viewing,
}

impl Viewings {
    pub(crate) fn new(peer: PeerId) -> Self {
        Self { peer, here: Viewing::default(), told: Viewing::default(), there: Viewing::default() }
    }

    /// The peer's pictures are shown like this from now on.
    pub(crate) fn show(&mut self, ctx: &mut Context<'_>, here: Viewing) {
        self.here = here;
        self.tell(ctx);
    }

    /// The peer says how the own pictures are shown.
    pub(crate) fn shown(&mut self, there: Viewing) {
        self.there = there;
    }

    /// How large the own pictures are shown.
    pub(crate) fn there(&self) -> Viewing {
        self.there
    }

    /// What the peer sends, if it does as it was told.
    pub(crate) fn expected(&self, media: MediaState) -> MediaState {
        MediaState {
            camera: media.camera && self.told.camera != Some(0),
            screen: media.screen && self.told.screen != Some(0),
            ..media
        }
    }

    /// The peer can be reached over signaling again; what was sent in between is lost.
    pub(crate) fn peer_back(&mut self, ctx: &mut Context<'_>) {
        self.told = Viewing::default();
        self.tell(ctx);
    }

    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) {
        self.tell(ctx);
    }

    pub(crate) fn close(&self, ctx: &mut Context<'_>) {
        ctx.timers().clear(&self.timer());
    }

    fn tell(&mut self, ctx: &mut Context<'_>) {
        if ctx.seated && self.told != self.here && !ctx.timers().is_set(&self.timer()) {
            self.told = self.here;
            ctx.send(ClientMsg::Signal { to: self.peer, signal: Signal::Viewing(self.here) });
            ctx.set_timer(self.timer(), QUIET_MS);
        }
    }

    fn timer(&self) -> Timer {
        Timer::Connection(self.peer, ConnectionTimer::Viewing)
    }
}
