//! The translation between the tutorial's page and a peer that speaks halloo's signals.
//!
//! The page makes one offer at most, if it was in the room first, and answers any number. It cannot roll
//! back, knows no epochs and needs its camera before it can take an offer. So here:
//! - an offer waits until the page has its camera;
//! - while the page is the one to offer, offers of the peer are dropped; where they cross nevertheless, the
//!   page's is sent again with a higher epoch, for which the peer throws its own away (section 8.4 of
//!   `docs/PROTOCOL.md`);
//! - a new connection of the peer is `bye` and an offer: the page throws its connection away at `bye`.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{
    held::Held,
    messages::{BYE, candidate_message, description, mids},
};
use crate::{
    protocol::{Candidate, Signal},
    sansio::Millis,
};

/// How long an offer of the page may stay unanswered before it is sent again. Unit: millisecond.
const ANSWER_TIMEOUT_MS: u64 = 10_000;
/// How often the offer of the page is sent again, for whatever reason.
const MAX_RESENDS: u32 = 20;
/// Most candidates that are kept for later.
const MAX_KEPT: usize = 200;
/// Most offers whose answer is still awaited.
const MAX_UNANSWERED: usize = 16;

/// What to say, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    ToPage(Value),
    ToPeer(Signal),
}

/// The negotiation between the page and one peer.
#[derive(Debug)]
pub(super) struct Negotiation {
    /// The peer gives way when two offers cross.
    peer_is_polite: bool,
    /// The epoch of the peer's connection.
    epoch: u32,
    /// The page was here first, and has not offered yet.
    awaits_page_offer: bool,
    /// An offer of the peer was dropped meanwhile.
    has_crossed: bool,
    /// The page has a connection: what is offered with another epoch needs another one.
    has_connection: bool,
    /// The page's offer, until it is answered.
    page_offer: Option<PageOffer>,
    resends: u32,
    /// When the page's offer is sent again.
    resend_at: Option<Millis>,
    /// The epochs of offers that the page has not answered, the oldest first.
    unanswered: VecDeque<u32>,
    /// An offer and its candidates, for a page without a camera.
    held: Held,
    /// Of the peer's last description.
    mids: Vec<String>,
    said: VecDeque<Said>,
}

#[derive(Debug)]
struct PageOffer {
    sdp: String,
    candidates: Vec<Candidate>,
}

impl Negotiation {
    /// Begins one. `page_offers` says who was in the room first.
    pub(super) fn new(peer_is_polite: bool, page_offers: bool) -> Self {
        Self {
            peer_is_polite,
            epoch: 0,
            awaits_page_offer: page_offers,
            has_crossed: false,
            has_connection: false,
            page_offer: None,
            resends: 0,
            resend_at: None,
            unanswered: VecDeque::new(),
            held: Held::default(),
            mids: Vec::new(),
            said: VecDeque::new(),
        }
    }

    /// Returns what to say next. To be called until `None` after every other call.
    pub(super) fn poll_said(&mut self) -> Option<Said> {
        self.said.pop_front()
    }

    /// Returns when [`Self::on_tick`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        self.resend_at
    }

    /// A signal of the peer.
    pub(super) fn on_signal(&mut self, now: Millis, signal: Signal, page_has_media: bool) {
        match signal {
            Signal::Offer { sdp, epoch, .. } => self.on_offer(now, &sdp, epoch, page_has_media),
            Signal::Answer { sdp, epoch, .. } => {
                if epoch == self.epoch && self.page_offer.take().is_some() {
                    self.resend_at = None;
                    self.mids = mids(&sdp);
                    self.tell_page(description("answer", &sdp));
                }
            }
            Signal::Candidate { candidate, epoch } => self.on_candidate(&candidate, epoch),
            // The page does without.
            Signal::EndOfCandidates { .. } | Signal::Viewing(_) | Signal::Unknown => {}
        }
    }

    fn on_offer(&mut self, now: Millis, sdp: &str, epoch: u32, page_has_media: bool) {
        if epoch < self.epoch {
            return;
        }
        let is_new = std::mem::replace(&mut self.epoch, epoch) < epoch;
        if self.awaits_page_offer {
            self.has_crossed = true;
            return;
        }
        if self.page_offer.is_some() {
            // A polite peer takes the page's offer in spite of its own, if it is of the same epoch.
            if !self.peer_is_polite {
                self.epoch = self.epoch.saturating_add(1);
            }
            if is_new || !self.peer_is_polite {
                self.resend(now);
            }
            return;
        }
        self.mids = mids(sdp);
        if !page_has_media {
            self.unanswered = [epoch].into();
            self.held = Held::default();
            self.held.push(description("offer", sdp));
            return;
        }
        if is_new && self.has_connection {
            self.tell_page(json!(BYE));
        }
        self.has_connection = true;
        if self.unanswered.len() >= MAX_UNANSWERED {
            self.unanswered.pop_front();
        }
        self.unanswered.push_back(epoch);
        self.tell_page(description("offer", sdp));
    }

    fn on_candidate(&mut self, candidate: &Candidate, epoch: u32) {
        if epoch != self.epoch {
            return;
        }
        let message = candidate_message(candidate, &self.mids);
        if !self.held.is_empty() {
            self.held.push(message);
        } else if self.has_connection && self.page_offer.is_none() {
            self.tell_page(message);
        }
    }

    /// The page has its camera, and can take an offer.
    pub(super) fn on_page_media(&mut self) {
        if !self.held.is_empty() {
            self.has_connection = true;
            self.said.extend(self.held.take().into_iter().map(Said::ToPage));
        }
    }

    /// The page offers.
    pub(super) fn on_page_offer(&mut self, now: Millis, sdp: String) {
        let crosses = std::mem::take(&mut self.has_crossed) || !self.unanswered.is_empty();
        if crosses && !self.peer_is_polite {
            self.epoch = self.epoch.saturating_add(1);
        }
        self.unanswered.clear();
        self.held = Held::default();
        self.awaits_page_offer = false;
        self.has_connection = true;
        self.page_offer = Some(PageOffer { sdp, candidates: Vec::new() });
        self.send_offer(now);
    }

    /// The page answers the oldest of the offers that it has not answered.
    pub(super) fn on_page_answer(&mut self, sdp: String) {
        let epoch = self.unanswered.pop_front();
        if epoch == Some(self.epoch) {
            self.tell_peer(Signal::Answer { sdp, tracks: None, epoch: self.epoch });
        }
    }

    /// The page has found an address.
    pub(super) fn on_page_candidate(&mut self, candidate: Candidate) {
        if let Some(offer) = &mut self.page_offer
            && offer.candidates.len() < MAX_KEPT
        {
            offer.candidates.push(candidate.clone());
        }
        if self.has_connection {
            self.tell_peer(Signal::Candidate { candidate, epoch: self.epoch });
        }
    }

    /// The peer can be reached again: what was sent meanwhile is lost.
    pub(super) fn on_peer_back(&mut self, now: Millis) {
        self.resend(now);
    }

    /// [`Self::poll_timeout`] has passed.
    pub(super) fn on_tick(&mut self, now: Millis) {
        if self.resend_at.is_some_and(|at| at <= now) {
            self.resend(now);
        }
    }

    /// Sends the page's offer again, if it is not answered.
    fn resend(&mut self, now: Millis) {
        self.resend_at = None;
        if self.page_offer.is_some() && self.resends < MAX_RESENDS {
            self.resends += 1;
            self.send_offer(now);
        }
    }

    fn send_offer(&mut self, now: Millis) {
        let Some(PageOffer { sdp, candidates }) = &self.page_offer else { return };
        let epoch = self.epoch;
        let offer = Signal::Offer { sdp: sdp.clone(), tracks: None, epoch };
        self.said.push_back(Said::ToPeer(offer));
        let candidates = candidates.iter().cloned();
        self.said.extend(candidates.map(|candidate| Said::ToPeer(Signal::Candidate { candidate, epoch })));
        self.resend_at = Some(now + ANSWER_TIMEOUT_MS);
    }

    fn tell_page(&mut self, message: Value) {
        self.said.push_back(Said::ToPage(message));
    }

    fn tell_peer(&mut self, signal: Signal) {
        self.said.push_back(Said::ToPeer(signal));
    }
}
