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
    /// How large this client shows the peer's pictures.
    local: Viewing,
    /// The last `local` that was sent to the peer.
    sent: Viewing,
    /// The last signal of the peer.
    received: Viewing,
    /// How large the peer shows this client's pictures, as plans take it: `received`, at most once a second.
    remote: Viewing,
}

impl Viewings {
    pub(crate) fn new(peer: PeerId) -> Self {
        let unknown = Viewing::default();
        Self { peer, local: unknown, sent: unknown, received: unknown, remote: unknown }
    }

    /// The peer's pictures are shown like this from now on.
    pub(crate) fn show(&mut self, ctx: &mut Context<'_>, local: Viewing) {
        self.local = local;
        self.send(ctx);
    }

    /// A signal of the peer. Returns whether plans are to be made anew: at most once a second, since the
    /// plans of all connections may change.
    pub(crate) fn on_signal(&mut self, ctx: &mut Context<'_>, received: Viewing) -> bool {
        self.received = received;
        self.accept(ctx)
    }

    fn accept(&mut self, ctx: &mut Context<'_>) -> bool {
        let timer = self.timer(ConnectionTimer::AcceptViewing);
        if self.remote == self.received || ctx.timers().is_set(&timer) {
            return false;
        }
        self.remote = self.received;
        ctx.set_timer(timer, QUIET_MS);
        true
    }

    /// How large the peer shows this client's pictures.
    pub(crate) fn remote(&self) -> Viewing {
        self.remote
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

    /// One of both timers has fired. Returns whether plans are to be made anew.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) -> bool {
        self.send(ctx);
        self.accept(ctx)
    }

    pub(crate) fn close(&self, ctx: &mut Context<'_>) {
        for timer in [ConnectionTimer::SendViewing, ConnectionTimer::AcceptViewing] {
            ctx.timers().clear(&self.timer(timer));
        }
    }

    fn send(&mut self, ctx: &mut Context<'_>) {
        let timer = self.timer(ConnectionTimer::SendViewing);
        if ctx.seated && self.sent != self.local && !ctx.timers().is_set(&timer) {
            self.sent = self.local;
            ctx.send(ClientMsg::Signal { to: self.peer, signal: Signal::Viewing(self.local) });
            ctx.set_timer(timer, QUIET_MS);
        }
    }

    fn timer(&self, timer: ConnectionTimer) -> Timer {
        Timer::Connection(self.peer, timer)
    }
}
