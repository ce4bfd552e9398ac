//! The connection to one participant: perfect negotiation as a pure state machine (W3C webrtc, section 10.7).
//!
//! The browser does one operation at a time for a connection. Each carries an [`OpId`]; a completion with
//! another id belongs to an `RTCPeerConnection` that has been replaced, and is dropped. What arrives
//! meanwhile waits in the inbox.
//!
//! [`exchange`] has what offers, answers and candidates lead to. [`super::recovery`] decides when to restart
//! ICE or to start over.

mod exchange;

use std::collections::VecDeque;

use super::{
    camera::CameraSender,
    candidates::{self, Candidates},
    media_plan::MediaPlan,
    opus::Sound,
    recovery::{Recovery, Remedy},
    screen::ScreenSender,
    stall::MediaFlow,
    viewing::Viewings,
};
use crate::{
    call::{
        context::{ConnectionTimer, Context},
        effect::{ConnectionId, Effect, OpId, Operation},
        input::{ConnectionEvent, ConnectionState, JsError, Outcome},
        view::PathState,
    },
    protocol::{ClientMsg, DescriptionKind, MediaState, PeerId, Signal},
};

/// Most signals that wait for an operation. Honest peers have fewer.
const MAX_WAITING: usize = 200;

/// The connection to one participant: one `RTCPeerConnection` at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: PeerId,
    polite: bool,
    epoch: u32,
    id: ConnectionId,
    /// The connection was opened with transceivers, for an offer from this side.
    offering: bool,
    state: SignalingState,
    in_flight: Option<(OpId, Operation)>,
    inbox: VecDeque<Signal>,
    /// An offer is to be made: the first of this side, or one that the browser asks for.
    wants_offer: bool,
    /// The pending offer is to be sent again.
    resend: bool,
    /// Completed offer/answer exchanges.
    exchanges: u32,
    candidates: Candidates,
    camera: CameraSender,
    screen: ScreenSender,
    pub(crate) viewings: Viewings,
    sound: Sound,
    pub(crate) recovery: Recovery,
}

/// `RTCSignalingState`, as far as it lasts between operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignalingState {
    Stable,
    HaveLocalOffer,
}

impl Connection {
    /// Opens a connection. `offering` says which side offers first.
    pub(crate) fn open(
        ctx: &mut Context<'_>,
        me: PeerId,
        peer: PeerId,
        offering: bool,
        plan: MediaPlan,
        original_sound: bool,
    ) -> Self {
        let mut connection = Self {
            peer,
            polite: me.is_polite_towards(peer),
            epoch: 0,
            id: ConnectionId::default(),
            offering,
            state: SignalingState::Stable,
            in_flight: None,
            inbox: VecDeque::new(),
            wants_offer: false,
            resend: false,
            exchanges: 0,
            candidates: Candidates::default(),
            camera: CameraSender::new(peer, plan.camera),
            screen: ScreenSender::new(peer, plan.screen),
            viewings: Viewings::new(peer),
            sound: Sound::new(original_sound),
            recovery: Recovery::new(peer),
        };
        connection.open_connection(ctx, offering);
        connection.step(ctx);
        connection
    }

    /// Whether media can flow.
    pub(crate) fn path(&self) -> PathState {
        self.recovery.path()
    }

    /// Closes the connection for good.
    pub(crate) fn close(mut self, ctx: &mut Context<'_>) {
        self.recovery.clear_timers(ctx);
        self.camera.close(ctx);
        self.viewings.close(ctx);
        ctx.emit(Effect::CloseConnection { peer: self.peer });
    }

    /// Sends as much as this plan says.
    pub(crate) fn set_plan(&mut self, ctx: &mut Context<'_>, plan: MediaPlan) {
        self.camera.set_plan(ctx, plan.camera);
        self.screen.set_plan(ctx, plan.screen);
        if self.offering || self.exchanges > 0 {
            self.screen.send(ctx);
        }
    }

    /// Sends sound at a high bitrate; or no longer. The encoder learns of it by another exchange.
    pub(crate) fn send_original_sound(&mut self, ctx: &mut Context<'_>, on: bool) {
        if self.sound.want_original(on) && self.exchanges > 0 {
            self.wants_offer = true;
            self.step(ctx);
        }
    }

    /// A signal from the peer.
    pub(crate) fn on_signal(&mut self, ctx: &mut Context<'_>, signal: Signal) {
        let Some(epoch) = signal.epoch() else { return };
        if epoch < self.epoch {
            return;
        }
        if epoch > self.epoch {
            // What is dropped of an honest peer comes again: it repeats an offer that is not answered.
            if !matches!(signal, Signal::Offer { .. }) || !self.recovery.admits_renewal(ctx.now) {
                return;
            }
            self.replace_connection(ctx, epoch, false);
        }
        if self.inbox.len() < MAX_WAITING {
            self.inbox.push_back(signal);
        }
        self.step(ctx);
    }

    /// Something happened at an `RTCPeerConnection`, which may have been replaced. Returns whether media has
    /// stalled in a way that suggests another network.
    pub(crate) fn on_event(
        &mut self,
        ctx: &mut Context<'_>,
        id: ConnectionId,
        event: ConnectionEvent,
        expected: MediaState,
    ) -> bool {
        if id != self.id {
            return false;
        }
        match event {
            ConnectionEvent::NegotiationNeeded => self.wants_offer = true,
            ConnectionEvent::Gathered(candidate) => {
                if matches!(self.in_flight, Some((_, Operation::SetLocal { .. }))) {
                    self.candidates.hold(candidate);
                } else {
                    self.send(ctx, candidates::signal(candidate, self.epoch));
                }
            }
            ConnectionEvent::StateChanged(state) => {
                self.recovery.on_state(ctx, state);
                if state == ConnectionState::Connected {
                    self.camera.on_connected(ctx);
                }
            }
            ConnectionEvent::MediaSampled { newest_ms } => {
                match self.recovery.sample(ctx, newest_ms, expected) {
                    MediaFlow::Stalled => return true,
                    MediaFlow::Resumed => self.camera.on_resumed(ctx),
                    MediaFlow::Flowing | MediaFlow::Silent => {}
                }
            }
        }
        self.step(ctx);
        false
    }

    /// An operation is done. Returns false if it is not one of this connection.
    pub(crate) fn on_done(
        &mut self,
        ctx: &mut Context<'_>,
        op: OpId,
        result: &Result<Outcome, JsError>,
    ) -> bool {
        let Some((_, operation)) = self.in_flight.take_if(|(id, _)| *id == op) else { return false };
        self.recovery.operation_done(ctx);
        match (operation, result) {
            // A candidate that does not fit belongs to an offer that was ignored or replaced.
            (Operation::AddCandidate(_), _) => {}
            (Operation::SetLocal { .. }, Ok(Outcome::Described { kind, sdp, sections })) => {
                self.local_set(ctx, *kind, sdp, sections);
            }
            (Operation::ReadLocal, Ok(Outcome::Described { kind, sdp, sections })) => {
                if self.state == SignalingState::HaveLocalOffer && *kind == DescriptionKind::Offer {
                    self.send_description(ctx, *kind, sdp, sections);
                }
            }
            (Operation::SetRemote(description), Ok(Outcome::Received { sections })) => {
                self.remote_set(ctx, &description, sections);
            }
            (Operation::SetRemote(description), Err(_)) => {
                if self.sound.on_refused(&description.sdp) {
                    self.start(ctx, Operation::SetRemote(description));
                } else {
                    self.recovery.start_over_later(ctx);
                }
            }
            (Operation::SetLocal { .. } | Operation::SetRemote(_) | Operation::ReadLocal, _) => {
                self.recovery.start_over_later(ctx);
            }
        }
        self.step(ctx);
        true
    }

    /// A timer of this connection has fired.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>, timer: ConnectionTimer) {
        if timer == ConnectionTimer::CameraGrows {
            return self.camera.on_timer(ctx);
        }
        match self.recovery.on_timer(ctx, timer) {
            None => return,
            Some(Remedy::ResendOffer) => self.resend = self.state == SignalingState::HaveLocalOffer,
            Some(Remedy::Offer) => self.replace_connection(ctx, self.epoch, true),
            Some(Remedy::RestartIce) => ctx.emit(Effect::RestartIce { peer: self.peer }),
            Some(Remedy::StartOver) => {
                self.replace_connection(ctx, self.epoch.saturating_add(1), true);
            }
        }
        self.step(ctx);
    }

    /// Both sides can reach each other again over signaling; signals sent in between are lost.
    pub(crate) fn repair(&mut self, ctx: &mut Context<'_>) {
        self.recovery.peer_back(ctx);
        match self.state {
            SignalingState::HaveLocalOffer => {
                self.resend = true;
                // Once: the answer to a second one would meet whatever offer comes next.
                self.recovery.await_answer(ctx);
            }
            SignalingState::Stable if self.exchanges > 0 => self.recovery.check_after_gap(ctx),
            SignalingState::Stable => self.recovery.await_offer(ctx),
        }
        self.step(ctx);
    }

    fn open_connection(&mut self, ctx: &mut Context<'_>, offering: bool) {
        self.id = ctx.next_connection();
        self.offering = offering;
        // The browser's `negotiationneeded` comes in a task of its own, after the page has been drawn anew.
        self.wants_offer = offering;
        let camera = offering.then(|| self.camera.begin());
        ctx.emit(Effect::OpenConnection { peer: self.peer, connection: self.id, camera });
        if offering {
            self.screen.send(ctx);
        } else {
            self.recovery.await_offer(ctx);
        }
    }

    /// Replaces the connection by a new one, whose signals carry `epoch`.
    fn replace_connection(&mut self, ctx: &mut Context<'_>, epoch: u32, offering: bool) {
        ctx.emit(Effect::CloseConnection { peer: self.peer });
        self.epoch = epoch;
        self.state = SignalingState::Stable;
        self.in_flight = None;
        self.inbox.clear();
        self.resend = false;
        self.exchanges = 0;
        self.candidates = Candidates::default();
        self.sound = self.sound.renewed();
        self.camera.close(ctx);
        self.screen.connection_replaced();
        self.recovery.connection_replaced(ctx);
        self.open_connection(ctx, offering);
    }

    /// Starts whatever can be started. One operation at a time.
    fn step(&mut self, ctx: &mut Context<'_>) {
        while self.in_flight.is_none() {
            if let Some(signal) = self.inbox.pop_front() {
                self.take_in(ctx, signal);
            } else if std::mem::take(&mut self.resend) {
                self.start(ctx, Operation::ReadLocal);
            } else if self.wants_offer && self.state == SignalingState::Stable {
                self.wants_offer = false;
                self.describe(ctx);
            } else {
                return;
            }
        }
    }

    /// Makes an offer, or the answer to the offer just set.
    fn describe(&mut self, ctx: &mut Context<'_>) {
        let two_channels = self.sound.is_to_ask_for_two();
        self.start(ctx, Operation::SetLocal { two_channels });
    }

    fn start(&mut self, ctx: &mut Context<'_>, mut operation: Operation) {
        let op = ctx.next_op();
        self.in_flight = Some((op, operation.clone()));
        if let Operation::SetRemote(description) = &mut operation {
            description.sdp = self.sound.remote(&description.sdp);
        }
        self.recovery.operation_started(ctx);
        ctx.emit(Effect::Operate { op, peer: self.peer, operation });
    }

    fn send(&self, ctx: &mut Context<'_>, signal: Signal) {
        ctx.send(ClientMsg::Signal { to: self.peer, signal });
    }
}
