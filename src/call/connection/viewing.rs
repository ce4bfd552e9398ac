//! How large pictures are shown at the two ends of one connection. Each side sends it to the other, so that
//! nobody encodes and uploads more than is looked at.

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
    sent: Viewing,
    /// How large the own ones are shown there, as the peer has said last.
    said: Viewing,
    /// What is believed of that.
    there: Viewing,
}

impl Viewings {
    pub(crate) fn new(peer: PeerId) -> Self {
        let unknown = Viewing::default();
        Self { peer, here: unknown, sent: unknown, said: unknown, there: unknown }
    }

    /// The peer's pictures are shown like this from now on.
    pub(crate) fn show(&mut self, ctx: &mut Context<'_>, here: Viewing) {
        self.here = here;
        self.send(ctx);
    }

    /// The peer says how the own pictures are shown. Returns whether there is another plan to be made: at
    /// most once in a while, since that may concern everybody.
    pub(crate) fn on_said(&mut self, ctx: &mut Context<'_>, said: Viewing) -> bool {
        self.said = said;
        self.believe(ctx)
    }

    fn believe(&mut self, ctx: &mut Context<'_>) -> bool {
        let timer = self.timer(ConnectionTimer::Viewed);
        if self.there == self.said || ctx.timers().is_set(&timer) {
            return false;
        }
        self.there = self.said;
        ctx.set_timer(timer, QUIET_MS);
        true
    }

    /// How large the own pictures are shown.
    pub(crate) fn there(&self) -> Viewing {
        self.there
    }

    /// What the peer sends, if it does as it was asked.
    pub(crate) fn expected(&self, media: MediaState) -> MediaState {
        MediaState {
            camera: media.camera && self.sent.camera != Some(0),
            screen: media.screen && self.sent.screen != Some(0),
            ..media
        }
    }

    /// The peer can be reached over signaling again; what was sent in between is lost.
    pub(crate) fn peer_back(&mut self, ctx: &mut Context<'_>) {
        self.sent = Viewing::default();
        self.send(ctx);
    }

    /// One of both timers has fired. Returns whether there is another plan to be made.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) -> bool {
        self.send(ctx);
        self.believe(ctx)
    }

    pub(crate) fn close(&self, ctx: &mut Context<'_>) {
        for timer in [ConnectionTimer::Viewing, ConnectionTimer::Viewed] {
            ctx.timers().clear(&self.timer(timer));
        }
    }

    fn send(&mut self, ctx: &mut Context<'_>) {
        let timer = self.timer(ConnectionTimer::Viewing);
        if ctx.seated && self.sent != self.here && !ctx.timers().is_set(&timer) {
            self.sent = self.here;
            ctx.send(ClientMsg::Signal { to: self.peer, signal: Signal::Viewing(self.here) });
            ctx.set_timer(timer, QUIET_MS);
        }
    }

    fn timer(&self, timer: ConnectionTimer) -> Timer {
        Timer::Connection(self.peer, timer)
    }
}
