//! The peer connections: negotiation, recovery, and how much is sent over them.

mod camera;
mod candidates;
mod media_plan;
mod negotiation;
mod recovery;
mod screen;
mod sections;
mod stall;

pub use media_plan::Encoding;
use media_plan::MediaPlan;
use negotiation::Connection;
pub use stall::SAMPLE_INTERVAL_MS;

use super::{
    context::{ConnectionTimer, Context},
    effect::{ConnectionId, OpId},
    input::{ConnectionEvent, JsError, Outcome},
    view::PathState,
};
use crate::protocol::{PeerId, Signal};

/// The connections of a call, one to each participant.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    all: Vec<Connection>,
    /// A screen is shared over each of them.
    shares_screen: bool,
}

impl Connections {
    /// Opens a connection. `offering` says which side offers first.
    pub(crate) fn open(&mut self, ctx: &mut Context<'_>, me: PeerId, peer: PeerId, offering: bool) {
        // Everybody who is there sends less before there is more to send.
        self.apply_plan(ctx, self.all.len() + 1);
        let plan = MediaPlan::new(self.all.len() + 1, self.shares_screen);
        self.all.push(Connection::open(ctx, me, peer, offering, plan));
    }

    /// Sends the shared screen to everybody and to whoever comes, or sends none any more.
    pub(crate) fn share_screen(&mut self, ctx: &mut Context<'_>, on: bool) {
        self.shares_screen = on;
        self.apply_plan(ctx, self.all.len());
    }

    pub(crate) fn close(&mut self, ctx: &mut Context<'_>, peer: PeerId) {
        for connection in self.all.extract_if(.., |connection| connection.peer == peer) {
            connection.close(ctx);
        }
        self.apply_plan(ctx, self.all.len());
    }

    /// Whether media can flow to a participant.
    pub(crate) fn path(&self, peer: PeerId) -> PathState {
        let connection = self.all.iter().find(|connection| connection.peer == peer);
        connection.map(Connection::path).unwrap_or_default()
    }

    pub(crate) fn on_signal(&mut self, ctx: &mut Context<'_>, from: PeerId, signal: Signal) {
        if let Some(connection) = self.get(from) {
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
        expects_media: bool,
    ) -> bool {
        self.get(peer).is_some_and(|connection| connection.on_event(ctx, id, event, expects_media))
    }

    pub(crate) fn on_done(&mut self, ctx: &mut Context<'_>, op: OpId, result: &Result<Outcome, JsError>) {
        let _ = self.all.iter_mut().any(|connection| connection.on_done(ctx, op, result));
    }

    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>, peer: PeerId, timer: ConnectionTimer) {
        if let Some(connection) = self.get(peer) {
            connection.on_timer(ctx, timer);
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
        }
    }

    /// The network of this device has changed.
    pub(crate) fn network_changed(&mut self, ctx: &mut Context<'_>) {
        for connection in &mut self.all {
            connection.recovery.network_changed(ctx);
        }
    }

    fn apply_plan(&mut self, ctx: &mut Context<'_>, others: usize) {
        let plan = MediaPlan::new(others, self.shares_screen);
        for connection in &mut self.all {
            connection.set_plan(ctx, plan);
        }
    }

    fn get(&mut self, peer: PeerId) -> Option<&mut Connection> {
        self.all.iter_mut().find(|connection| connection.peer == peer)
    }
}
