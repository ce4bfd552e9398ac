//! The exchange of offers, answers and candidates, called by [`super`] alone.
//!
//! The side that receives `peer_joined` offers, the newcomer waits for the offer: so the first exchange has
//! no glare and both sides end with the same two transceivers. When offers do cross, the impolite side
//! ignores the other's offer, the polite side rolls back its own.

use super::{Connection, SignalingState};
use crate::{
    call::{
        connection::{candidates, sections},
        context::Context,
        effect::{Effect, Operation},
        input::MediaSection,
    },
    protocol::{Candidate, Description, DescriptionKind, Signal, TrackSource},
};

impl Connection {
    pub(super) fn take_in(&mut self, ctx: &mut Context<'_>, signal: Signal) {
        match signal {
            Signal::Offer { sdp, tracks, .. } => {
                self.take_offer(ctx, Description { kind: DescriptionKind::Offer, sdp, tracks });
            }
            Signal::Answer { sdp, tracks, .. } => {
                if self.state == SignalingState::HaveLocalOffer {
                    let answer = Description { kind: DescriptionKind::Answer, sdp, tracks };
                    self.start(ctx, Operation::SetRemote(answer));
                }
            }
            Signal::Candidate { candidate, .. } => self.take_candidate(ctx, Some(candidate)),
            Signal::EndOfCandidates { .. } => self.take_candidate(ctx, None),
            Signal::Viewing(_) | Signal::Unknown => {}
        }
    }

    fn take_offer(&mut self, ctx: &mut Context<'_>, offer: Description) {
        let glare = self.state == SignalingState::HaveLocalOffer;
        if glare && !self.polite {
            return;
        }
        if glare && !self.offering && self.exchanges == 1 {
            // After a rollback at this point Chromium 156 receives video and never shows it.
            return self.replace_connection(ctx, self.epoch.saturating_add(1), true);
        }
        if self.offering && self.exchanges == 0 {
            // The transceivers of the own first offer would stay beside those of the peer's.
            let inbox = std::mem::take(&mut self.inbox);
            self.replace_connection(ctx, self.epoch, false);
            self.inbox = inbox;
        }
        self.recovery.offer_received(ctx);
        self.start(ctx, Operation::SetRemote(offer));
    }

    fn take_candidate(&mut self, ctx: &mut Context<'_>, candidate: Option<Candidate>) {
        if let Some(candidate) = self.candidates.take_in(candidate) {
            self.start(ctx, Operation::AddCandidate(candidate));
        }
    }

    pub(super) fn local_set(
        &mut self,
        ctx: &mut Context<'_>,
        kind: DescriptionKind,
        sdp: &str,
        sections: &[MediaSection],
    ) {
        match kind {
            DescriptionKind::Offer => {
                self.state = SignalingState::HaveLocalOffer;
                self.recovery.await_answer(ctx);
            }
            DescriptionKind::Answer => self.exchange_complete(ctx),
        }
        self.send_description(ctx, kind, sdp, sections);
        for candidate in self.candidates.local_set() {
            self.send(ctx, candidates::signal(candidate, self.epoch));
        }
    }

    pub(super) fn remote_set(
        &mut self,
        ctx: &mut Context<'_>,
        description: &Description,
        sections: &[MediaSection],
    ) {
        for candidate in self.candidates.remote_set(self.epoch) {
            self.inbox.push_front(candidate);
        }
        let tracks = sections::incoming(sections, description.tracks.as_ref());
        ctx.emit(Effect::ReceiveTracks { peer: self.peer, tracks });
        match description.kind {
            DescriptionKind::Offer => {
                // An offer of this side that was pending has just been rolled back.
                self.state = SignalingState::Stable;
                let tracks = sections::to_be_sent(sections);
                let brings_camera = tracks.iter().any(|(_, source)| *source == TrackSource::Camera);
                ctx.emit(Effect::SendTracks { peer: self.peer, tracks });
                if brings_camera {
                    self.camera.on_sender(ctx);
                }
                self.describe(ctx);
            }
            DescriptionKind::Answer => self.exchange_complete(ctx),
        }
    }

    fn exchange_complete(&mut self, ctx: &mut Context<'_>) {
        self.state = SignalingState::Stable;
        self.exchanges = self.exchanges.saturating_add(1);
        // The browser fires again if a negotiation is still needed (W3C webrtc, section 4.7.3), of which it
        // knows nothing in this case.
        self.wants_offer = self.sound.needs_exchange();
        self.resend = false;
        self.recovery.exchange_complete(ctx);
        self.screen.send(ctx);
    }

    pub(super) fn send_description(
        &mut self,
        ctx: &mut Context<'_>,
        kind: DescriptionKind,
        sdp: &str,
        sections: &[MediaSection],
    ) {
        let tracks = Some(sections::outgoing(sections).into_iter().collect());
        let description = Description { kind, sdp: self.sound.announced(sdp), tracks };
        self.send(ctx, description.into_signal(self.epoch));
    }
}
