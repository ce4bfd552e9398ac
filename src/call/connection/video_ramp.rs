//! How large the video is that is sent: small at first, then as the camera gives it.
//!
//! Browsers begin at 300 kbit/s, at which they drop the first frames of large video: the other side would see
//! nothing meanwhile. After a stall the video begins small again, for another reason: the first frame of
//! another size is a key frame, which a receiver would otherwise ask for only every three seconds.

use crate::{
    call::{
        context::{ConnectionTimer, Context, Timer},
        effect::Effect,
    },
    protocol::PeerId,
};

/// Width and height of the first video are divided by this.
pub const FIRST_VIDEO_SCALE: u8 = 2;
/// How long after connecting the video grows. Unit: millisecond.
const SMALL_MS: u64 = 2_000;

/// The size of the video sent over one connection.
#[derive(Debug)]
pub(crate) struct VideoRamp {
    peer: PeerId,
    /// Has been connected: the video has grown, or is about to.
    started: bool,
}

impl VideoRamp {
    /// A connection that begins with small video.
    pub(crate) fn new(peer: PeerId) -> Self {
        Self { peer, started: false }
    }

    /// There is a sender for video that the peer's offer brought.
    pub(crate) fn on_sender(&self, ctx: &mut Context<'_>) {
        if !self.started {
            ctx.emit(Effect::ScaleVideo { peer: self.peer, down_by: FIRST_VIDEO_SCALE });
        }
    }

    pub(crate) fn on_connected(&mut self, ctx: &mut Context<'_>) {
        if !std::mem::replace(&mut self.started, true) {
            self.grow_later(ctx);
        }
    }

    /// Media arrives again after a stall.
    pub(crate) fn on_resumed(&mut self, ctx: &mut Context<'_>) {
        self.started = true;
        ctx.emit(Effect::ScaleVideo { peer: self.peer, down_by: FIRST_VIDEO_SCALE });
        self.grow_later(ctx);
    }

    pub(crate) fn on_timer(&self, ctx: &mut Context<'_>) {
        ctx.emit(Effect::ScaleVideo { peer: self.peer, down_by: 1 });
    }

    /// The connection is closed.
    pub(crate) fn close(&mut self, ctx: &mut Context<'_>) {
        self.started = false;
        ctx.timers().clear(&self.timer());
    }

    fn grow_later(&self, ctx: &mut Context<'_>) {
        ctx.set_timer(self.timer(), SMALL_MS);
    }

    fn timer(&self) -> Timer {
        Timer::Connection(self.peer, ConnectionTimer::VideoRamp)
    }
}
