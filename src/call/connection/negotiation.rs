//! The connection to one peer: perfect negotiation as a pure state machine (W3C webrtc, section 10.7).
//!
//! The browser does one operation at a time for a connection. Each carries an [`OpId`]; a completion with another id belongs
//! to a connection that is gone, and is dropped. What arrives meanwhile waits in the inbox.
//!
//! The side that hears `peer_joined` offers, the newcomer waits for the offer: so the first exchange has no glare and
//! both sides end with the same two transceivers. When offers do cross, the impolite side ignores the other's, the
//! polite side gives up its own.
//!
//! When to restart ICE or to start over is decided in [`super::recovery`].

use std::collections::VecDeque;

use super::recovery::{Recovery, Remedy};
use crate::{
    call::{
        context::Context,
        effect::{ConnectionId, Effect, OpId, Operation},
        input::{ConnectionEvent, JsError, Outcome},
        view::PathState,
    },
    protocol::{Candidate, ClientMsg, Description, DescriptionKind, PeerId, Signal},
    sansio::Millis,
};

/// Candidates kept for a description that has not come: no honest peer has more.
const MAX_EARLY: usize = 200;

/// The negotiation with one peer, over one `RTCPeerConnection` at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    peer: PeerId,
    polite: bool,
    epoch: u32,
    connection: ConnectionId,
    /// The connection was opened with transceivers, for an offer from this side.
    offering: bool,
    state: SignalingState,
    in_flight: Option<(OpId, Operation)>,
    inbox: VecDeque<Signal>,
    /// The browser fired `negotiationneeded`.
    wants_offer: bool,
    /// The offer now pending shall be sent again.
    resend: bool,
    /// Offer/answer exchanges that are complete on this connection.
    exchanges: u32,
    /// Candidates can be added: there is a remote description.
    has_remote: bool,
    /// Remote candidates that came before the description (`None`: end of candidates).
    early: VecDeque<Option<Candidate>>,
    /// Local candidates gathered while the description they belong to is still being set.
    held: Vec<Option<Candidate>>,
    pub(crate) recovery: Recovery,
}

/// `RTCSignalingState`, as far as it lasts between operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignalingState {
    Stable,
    HaveLocalOffer,
}

impl Connection {
    /// Opens a connection to somebody. `offering` says who speaks first.
    pub(crate) fn open(ctx: &mut Context<'_>, me: PeerId, peer: PeerId, offering: bool) -> Self {
        let mut connection = Self {
            peer,
            polite: me.is_polite_towards(peer),
            epoch: 0,
            connection: ConnectionId::default(),
            offering,
            state: SignalingState::Stable,
            in_flight: None,
            inbox: VecDeque::new(),
            wants_offer: false,
            resend: false,
            exchanges: 0,
            has_remote: false,
            early: VecDeque::new(),
            held: Vec::new(),
            recovery: Recovery::default(),
        };
        connection.open_connection(ctx, offering);
        connection
    }

    /// How the connection to this peer is doing.
    pub(crate) fn path(&self) -> PathState {
        self.recovery.path()
    }

    /// Closes the connection for good.
    pub(crate) fn close(self, ctx: &mut Context<'_>) {
        ctx.emit(Effect::CloseConnection { peer: self.peer });
    }

    /// A signal from the peer.
    pub(crate) fn on_signal(&mut self, ctx: &mut Context<'_>, signal: Signal) {
        let Some(epoch) = epoch_of(&signal) else { return };
        if epoch < self.epoch {
            return;
        }
        if epoch > self.epoch {
            self.replace_connection(ctx, epoch, false);
        }
        self.inbox.push_back(signal);
        self.step(ctx);
    }

    /// Something happened at an `RTCPeerConnection`, which may be one that is gone.
    pub(crate) fn on_event(
        &mut self,
        ctx: &mut Context<'_>,
        connection: ConnectionId,
        event: ConnectionEvent,
    ) {
        if connection != self.connection {
            return;
        }
        match event {
            ConnectionEvent::NegotiationNeeded => self.wants_offer = true,
            ConnectionEvent::Gathered(candidate) => {
                if matches!(self.in_flight, Some((_, Operation::SetLocal))) {
                    self.held.push(candidate);
                } else {
                    self.send_candidate(ctx, candidate);
                }
            }
            ConnectionEvent::StateChanged(state) => self.recovery.on_connection_state(ctx.now, state),
            ConnectionEvent::Stalled => {}
        }
        self.step(ctx);
    }

    /// Nothing comes in over a connection any more. Whether it should, so that a network may have changed.
    pub(crate) fn on_stalled(&mut self, now: Millis, connection: ConnectionId) -> bool {
        connection == self.connection && self.recovery.stalled(now)
    }

    /// An operation is done. Returns false if it was not one of this connection's.
    pub(crate) fn on_done(
        &mut self,
        ctx: &mut Context<'_>,
        op: OpId,
        result: &Result<Outcome, JsError>,
    ) -> bool {
        let Some((_, operation)) = self.in_flight.take_if(|(id, _)| *id == op) else { return false };
        self.recovery.operation_done();
        match (operation, result) {
            // A candidate that does not fit belongs to an offer that was ignored or replaced.
            (Operation::AddCandidate(_), _) => {}
            (Operation::SetLocal, Ok(Outcome::Described(description))) => {
                self.local_set(ctx, description.clone());
            }
            (Operation::ReadLocal, Ok(Outcome::Described(description))) => {
                if self.state == SignalingState::HaveLocalOffer && description.kind == DescriptionKind::Offer
                {
                    self.send(ctx, description.clone().into_signal(self.epoch));
                }
            }
            (Operation::SetRemote(description), Ok(_)) => self.remote_set(ctx, description.kind),
            (Operation::SetLocal | Operation::ReadLocal, Ok(Outcome::Done)) | (_, Err(_)) => {
                self.recovery.start_over_later(ctx.now);
            }
        }
        self.step(ctx);
        true
    }

    /// Time has passed.
    pub(crate) fn on_tick(&mut self, ctx: &mut Context<'_>) {
        match self.recovery.due(ctx.now, ctx.seated) {
            None => return,
            Some(Remedy::AskAgain) => self.resend = self.state == SignalingState::HaveLocalOffer,
            Some(Remedy::OfferMyself) => self.replace_connection(ctx, self.epoch, true),
            Some(Remedy::RestartIce) => ctx.emit(Effect::RestartIce { peer: self.peer }),
            Some(Remedy::StartOver) => {
                self.replace_connection(ctx, self.epoch.saturating_add(1), true);
            }
        }
        self.step(ctx);
    }

    /// Both sides can reach each other again over signaling; what was said in between is lost.
    pub(crate) fn repair(&mut self, ctx: &mut Context<'_>) {
        self.recovery.peer_is_back();
        match self.state {
            SignalingState::HaveLocalOffer => self.resend = true,
            SignalingState::Stable if self.exchanges > 0 => self.recovery.check_after_gap(ctx.now),
            SignalingState::Stable => self.recovery.await_offer(ctx.now),
        }
        self.step(ctx);
    }

    fn open_connection(&mut self, ctx: &mut Context<'_>, offering: bool) {
        self.connection = ctx.next_connection();
        self.offering = offering;
        ctx.emit(Effect::OpenConnection { peer: self.peer, connection: self.connection, offering });
        if !offering {
            self.recovery.await_offer(ctx.now);
        }
    }

    /// Throws the connection away for a new one, whose signals carry `epoch`.
    fn replace_connection(&mut self, ctx: &mut Context<'_>, epoch: u32, offering: bool) {
        ctx.emit(Effect::CloseConnection { peer: self.peer });
        self.epoch = epoch;
        self.state = SignalingState::Stable;
        self.in_flight = None;
        self.inbox.clear();
        self.wants_offer = false;
        self.resend = false;
        self.exchanges = 0;
        self.has_remote = false;
        self.early.clear();
        self.held.clear();
        self.recovery.connection_replaced();
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
                self.start(ctx, Operation::SetLocal);
            } else {
                return;
            }
        }
    }

    fn start(&mut self, ctx: &mut Context<'_>, operation: Operation) {
        let op = ctx.next_op();
        self.in_flight = Some((op, operation.clone()));
        self.recovery.operation_started(ctx.now);
        ctx.emit(Effect::Operate { op, peer: self.peer, operation });
    }

    fn take_in(&mut self, ctx: &mut Context<'_>, signal: Signal) {
        match signal {
            Signal::Offer { sdp, .. } => self.take_offer(ctx, sdp),
            Signal::Answer { sdp, .. } => {
                if self.state == SignalingState::HaveLocalOffer {
                    self.start(ctx, Operation::SetRemote(Description { kind: DescriptionKind::Answer, sdp }));
                }
            }
            Signal::Candidate { candidate, .. } => self.take_candidate(ctx, Some(candidate)),
            Signal::EndOfCandidates { .. } => self.take_candidate(ctx, None),
            Signal::Unknown => {}
        }
    }

    fn take_offer(&mut self, ctx: &mut Context<'_>, sdp: String) {
        let glare = self.state == SignalingState::HaveLocalOffer;
        if glare && !self.polite {
            return;
        }
        if glare && !self.offering && self.exchanges == 1 {
            // A rollback at this point would leave Chromium 156 with a picture that it receives and never shows.
            return self.replace_connection(ctx, self.epoch.saturating_add(1), true);
        }
        if self.offering && self.exchanges == 0 {
            // The transceivers for the first offer, made or about to be, would stay beside those of the peer's.
            let inbox = std::mem::take(&mut self.inbox);
            self.replace_connection(ctx, self.epoch, false);
            self.inbox = inbox;
        }
        self.recovery.offer_came();
        self.start(ctx, Operation::SetRemote(Description { kind: DescriptionKind::Offer, sdp }));
    }

    fn take_candidate(&mut self, ctx: &mut Context<'_>, candidate: Option<Candidate>) {
        if self.has_remote {
            self.start(ctx, Operation::AddCandidate(candidate));
        } else if self.early.len() < MAX_EARLY {
            self.early.push_back(candidate);
        }
    }

    fn local_set(&mut self, ctx: &mut Context<'_>, description: Description) {
        match description.kind {
            DescriptionKind::Offer => {
                self.state = SignalingState::HaveLocalOffer;
                self.recovery.await_answer(ctx.now);
            }
            DescriptionKind::Answer => self.exchange_complete(ctx),
        }
        self.send(ctx, description.into_signal(self.epoch));
        for candidate in std::mem::take(&mut self.held) {
            self.send_candidate(ctx, candidate);
        }
    }

    fn remote_set(&mut self, ctx: &mut Context<'_>, kind: DescriptionKind) {
        self.has_remote = true;
        while let Some(candidate) = self.early.pop_back() {
            let epoch = self.epoch;
            self.inbox.push_front(match candidate {
                Some(candidate) => Signal::Candidate { candidate, epoch },
                None => Signal::EndOfCandidates { epoch },
            });
        }
        match kind {
            DescriptionKind::Offer => {
                // An offer of this side that was pending has just been rolled back.
                self.state = SignalingState::Stable;
                self.start(ctx, Operation::SetLocal);
            }
            DescriptionKind::Answer => self.exchange_complete(ctx),
        }
    }

    fn exchange_complete(&mut self, ctx: &Context<'_>) {
        self.state = SignalingState::Stable;
        self.exchanges = self.exchanges.saturating_add(1);
        // The browser fires again if a negotiation is still needed (W3C webrtc, section 4.7.3).
        self.wants_offer = false;
        self.resend = false;
        self.recovery.answered(ctx.now);
    }

    fn send(&self, ctx: &mut Context<'_>, signal: Signal) {
        ctx.send(ClientMsg::Signal { to: self.peer, signal });
    }

    fn send_candidate(&self, ctx: &mut Context<'_>, candidate: Option<Candidate>) {
        let epoch = self.epoch;
        let signal = match candidate {
            Some(candidate) => Signal::Candidate { candidate, epoch },
            None => Signal::EndOfCandidates { epoch },
        };
        self.send(ctx, signal);
    }
}

fn epoch_of(signal: &Signal) -> Option<u32> {
    match signal {
        Signal::Offer { epoch, .. }
        | Signal::Answer { epoch, .. }
        | Signal::Candidate { epoch, .. }
        | Signal::EndOfCandidates { epoch } => Some(*epoch),
        Signal::Unknown => None,
    }
}
