//! The peer connections: negotiation, recovery, and how much is sent over them.

mod camera;
mod candidates;
mod media_plan;
mod negotiation;
mod opus;
mod recovery;
mod screen;
mod sections;
mod stall;
mod viewing;

use media_plan::{Demand, wanted};
pub use media_plan::{Encoding, MAX_OVERUSE, rounded};
use negotiation::Connection;
pub use opus::for_two_channels;
pub use stall::SAMPLE_INTERVAL_MS;

use super::{
    context::{ConnectionTimer, Context},
    effect::{ConnectionId, OpId},
    input::{ConnectionEvent, JsError, Outcome},
    view::{DataSaver, PathState},
};
use crate::protocol::{MediaState, PeerId, Signal, Viewing};

/// The connections of a call, one to each participant.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    all: Vec<Connection>,
    /// What is to be sent over each of them depends on this.
    demand: Demand,
    /// Sound is sent at a high bitrate.
    original_sound: bool,
    /// How the pictures of participants are shown. Outlives connections, of which the page knows nothing.
    shown: Vec<(PeerId, Viewing)>,
}

impl Connections {
    /// Opens a connection. `offering` says which side offers first.
    pub(crate) fn open(&mut self, ctx: &mut Context<'_>, me: PeerId, peer: PeerId, offering: bool) {
        // Everybody who is there gets less before there is more to send.
        self.apply_plan(ctx, 1);
        let plan = self.demand.plan(Viewing::default());
        let mut connection = Connection::open(ctx, me, peer, offering, plan, self.original_sound);
        if let Some((_, viewing)) = self.shown.iter().find(|(known, _)| *known == peer) {
            connection.viewings.show(ctx, *viewing);
        }
        self.all.push(connection);
    }

    /// Sends the shared screen to everybody and to whoever comes, or sends none any more.
    pub(crate) fn share_screen(&mut self, ctx: &mut Context<'_>, on: bool) {
        self.demand.shares_screen = on;
        self.demand.smooth_screen = false;
        self.apply_plan(ctx, 0);
    }

    /// Sends the shared screen so that it moves smoothly, or so that text is sharp.
    pub(crate) fn smooth_screen(&mut self, ctx: &mut Context<'_>, on: bool) {
        self.demand.smooth_screen = on;
        self.apply_plan(ctx, 0);
    }

    /// The height of the camera's picture is known, or the camera is another one.
    pub(crate) fn set_camera_height(&mut self, ctx: &mut Context<'_>, height: Option<u16>) {
        if self.demand.camera_height != height {
            self.demand.camera_height = height;
            self.apply_plan(ctx, 0);
        }
    }

    /// Sends less than the others would like.
    pub(crate) fn save(&mut self, ctx: &mut Context<'_>, saver: DataSaver) {
        self.demand.saver = saver;
        self.apply_plan(ctx, 0);
    }

    /// Sends sound at a high bitrate; or no longer.
    pub(crate) fn send_original_sound(&mut self, ctx: &mut Context<'_>, on: bool) {
        self.original_sound = on;
        for connection in &mut self.all {
            connection.send_original_sound(ctx, on);
        }
    }

    pub(crate) fn saver(&self) -> DataSaver {
        self.demand.saver
    }

    /// Sends as much as this processor can encode: `overuse` is between 0 and [`MAX_OVERUSE`].
    pub(crate) fn limit_encoding(&mut self, ctx: &mut Context<'_>, overuse: u8) {
        self.demand.overuse = overuse;
        self.apply_plan(ctx, 0);
    }

    /// The pictures of these participants are shown like this from now on.
    pub(crate) fn show(&mut self, ctx: &mut Context<'_>, shown: Vec<(PeerId, Viewing)>) {
        for (peer, viewing) in &shown {
            if let Some(connection) = self.get(*peer) {
                connection.viewings.show(ctx, *viewing);
            }
        }
        self.shown = shown;
    }

    /// What a participant sends, of what they publish.
    pub(crate) fn expected(&self, peer: PeerId, media: MediaState) -> MediaState {
        let connection = self.all.iter().find(|connection| connection.peer == peer);
        connection.map_or(media, |connection| connection.viewings.expected(media))
    }

    pub(crate) fn close(&mut self, ctx: &mut Context<'_>, peer: PeerId) {
        for connection in self.all.extract_if(.., |connection| connection.peer == peer) {
            connection.close(ctx);
        }
        self.apply_plan(ctx, 0);
    }

    /// Whether media can flow to a participant.
    pub(crate) fn path(&self, peer: PeerId) -> PathState {
        let connection = self.all.iter().find(|connection| connection.peer == peer);
        connection.map(Connection::path).unwrap_or_default()
    }

    pub(crate) fn on_signal(&mut self, ctx: &mut Context<'_>, from: PeerId, signal: Signal) {
        let Some(connection) = self.get(from) else { return };
        if let Signal::Viewing(viewing) = signal {
            if connection.viewings.on_signal(ctx, viewing) {
                self.apply_plan(ctx, 0);
            }
        } else {
            connection.on_signal(ctx, signal);
        }
    }

    /// Returns whether media that is expected has stalled in a way that suggests another network.
    pub(crate) fn on_event(
        &mut self,
        ctx: &mut Context<'_>,
        peer: PeerId,
        id: ConnectionId,
        event: ConnectionEvent,
        expected: MediaState,
    ) -> bool {
        self.get(peer).is_some_and(|connection| connection.on_event(ctx, id, event, expected))
    }

    pub(crate) fn on_done(&mut self, ctx: &mut Context<'_>, op: OpId, result: &Result<Outcome, JsError>) {
        let _ = self.all.iter_mut().any(|connection| connection.on_done(ctx, op, result));
    }

    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>, peer: PeerId, timer: ConnectionTimer) {
        let Some(connection) = self.get(peer) else { return };
        match timer {
            ConnectionTimer::SendViewing | ConnectionTimer::AcceptViewing => {
                if connection.viewings.on_timer(ctx) {
                    self.apply_plan(ctx, 0);
                }
            }
            ConnectionTimer::Offer
            | ConnectionTimer::Answer
            | ConnectionTimer::Repair
            | ConnectionTimer::Operation
            | ConnectionTimer::CameraGrows => connection.on_timer(ctx, timer),
        }
    }

    /// A participant's socket is lost.
    pub(crate) fn peer_away(&mut self, peer: PeerId) {
        if let Some(connection) = self.get(peer) {
            connection.recovery.peer_away();
        }
    }

    /// A participant can be reached over signaling again.
    pub(crate) fn peer_back(&mut self, ctx: &mut Context<'_>, peer: PeerId) {
        if let Some(connection) = self.get(peer) {
            connection.repair(ctx);
            connection.viewings.peer_back(ctx);
        }
    }

    /// The network of this device has changed.
    pub(crate) fn network_changed(&mut self, ctx: &mut Context<'_>) {
        for connection in &mut self.all {
            connection.recovery.network_changed(ctx);
        }
    }

    /// Plans anew what is sent to everybody, and to as many who are about to come.
    fn apply_plan(&mut self, ctx: &mut Context<'_>, coming: usize) {
        let known = self.all.iter().map(|connection| connection.viewings.remote());
        let all = known.chain(std::iter::repeat_n(Viewing::default(), coming));
        self.demand.wanted = all.map(wanted).sum();
        self.demand.others = self.all.len() + coming;
        for connection in &mut self.all {
            let plan = self.demand.plan(connection.viewings.remote());
            connection.set_plan(ctx, plan);
        }
    }

    fn get(&mut self, peer: PeerId) -> Option<&mut Connection> {
        self.all.iter_mut().find(|connection| connection.peer == peer)
    }
}
