//! How the camera is sent over one connection: as the plan says, and smaller at first.
//!
//! Browsers begin at 300 kbit/s, at which they drop the first frames of large video: the other side would see
//! nothing meanwhile. After a stall the video begins small again, for another reason: the first frame of
//! another size is a key frame, which a receiver would otherwise ask for only every three seconds.

use super::media_plan::Encoding;
use crate::{
    call::{
        context::{ConnectionTimer, Context, Timer},
        effect::Effect,
    },
    protocol::{PeerId, TrackSource},
};

/// Width and height of the first video are divided by this, unless the plan makes it as small.
const FIRST_DOWN_BY: u8 = 2;
/// How long after connecting the video grows. Unit: millisecond.
const SMALL_MS: u64 = 2_000;

/// The camera on one connection.
#[derive(Debug)]
pub(crate) struct CameraSender {
    peer: PeerId,
    plan: Encoding,
    /// Smaller than planned for the time being.
    is_small: bool,
    /// Has been connected: the video has grown, or is about to.
    started: bool,
    /// How the browser sends it. `None` before there is anything to send over.
    sent: Option<Encoding>,
}

impl CameraSender {
    /// A connection that sends nothing yet.
    pub(crate) fn new(peer: PeerId, plan: Encoding) -> Self {
        Self { peer, plan, is_small: true, started: false, sent: None }
    }

    /// How the camera is sent over a connection that begins with it.
    pub(crate) fn begin(&mut self) -> Encoding {
        let encoding = self.encoding();
        self.sent = Some(encoding);
        encoding
    }

    /// There is a sender that the peer's offer brought.
    pub(crate) fn on_sender(&mut self, ctx: &mut Context<'_>) {
        let encoding = self.begin();
        ctx.emit(Effect::Encode { peer: self.peer, source: TrackSource::Camera, encoding });
    }

    /// There is another plan.
    pub(crate) fn set_plan(&mut self, ctx: &mut Context<'_>, plan: Encoding) {
        self.plan = plan;
        self.apply(ctx);
    }

    pub(crate) fn on_connected(&mut self, ctx: &mut Context<'_>) {
        if !std::mem::replace(&mut self.started, true) {
            ctx.set_timer(self.timer(), SMALL_MS);
        }
    }

    /// Media arrives again after a stall.
    pub(crate) fn on_resumed(&mut self, ctx: &mut Context<'_>) {
        self.started = true;
        self.is_small = true;
        self.apply(ctx);
        ctx.set_timer(self.timer(), SMALL_MS);
    }

    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) {
        self.is_small = false;
        self.apply(ctx);
    }

    /// The connection is closed, or replaced by one that sends nothing yet.
    pub(crate) fn close(&mut self, ctx: &mut Context<'_>) {
        ctx.timers().clear(&self.timer());
        *self = Self::new(self.peer, self.plan);
    }

    fn apply(&mut self, ctx: &mut Context<'_>) {
        let encoding = self.encoding();
        if self.sent.is_some_and(|sent| sent != encoding) {
            self.sent = Some(encoding);
            ctx.emit(Effect::Encode { peer: self.peer, source: TrackSource::Camera, encoding });
        }
    }

    fn encoding(&self) -> Encoding {
        let down_by = if self.is_small { self.plan.down_by.max(FIRST_DOWN_BY) } else { self.plan.down_by };
        Encoding { down_by, ..self.plan }
    }

    fn timer(&self) -> Timer {
        Timer::Connection(self.peer, ConnectionTimer::CameraGrows)
    }
}
