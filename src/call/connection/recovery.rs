//! When a connection to a peer needs help, and which: ask again, restart ICE (RFC 8445, section 2.4), start over.
//!
//! [`super::negotiation`] asks [`Recovery::due`] on every tick and does what it says. Remedies grow stronger and rarer:
//! a few ICE restarts, then a new connection, and so on for as long as both are in the room.

use crate::{
    call::{input::ConnectionState, view::PathState},
    sansio::Millis,
};

/// How long the side that waits for the first offer waits before it makes one. Unit: millisecond.
const OFFER_PATIENCE_MS: u64 = 5_000;
/// How long an offer may stay unanswered before it is sent again. Unit: millisecond.
const ANSWER_PATIENCE_MS: u64 = 10_000;
/// How long a connection may take once both descriptions are there. Browsers report `failed` by themselves, but not if
/// gathering candidates got stuck. Unit: millisecond.
const CONNECT_PATIENCE_MS: u64 = 15_000;
/// `disconnected` often heals by itself within this time. Unit: millisecond.
const DISCONNECTED_GRACE_MS: u64 = 2_000;
/// How long the browser may take over one operation. Unit: millisecond.
const OPERATION_PATIENCE_MS: u64 = 15_000;
/// First and longest pause between two attempts to repair a connection. Unit: millisecond.
const REPAIR_PAUSE_MS: (u64, u64) = (4_000, 30_000);
/// Every n-th attempt throws the connection away instead of restarting ICE.
const START_OVER_EVERY: u32 = 4;
/// A connection that stalls now and then is on a bad network, not on another one. Unit: millisecond.
const STALL_PAUSE_MS: u64 = 4_000;
/// After so many attempts in vain the page says that there is no path.
const HOPELESS_AFTER: u32 = 2;

/// What to do about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Send the pending offer again.
    AskAgain,
    /// The peer did not offer: do it from this side.
    OfferMyself,
    /// Look for another network path.
    RestartIce,
    /// A new connection.
    StartOver,
}

/// The health of one connection, and the deadlines by which something must be done.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    state: ConnectionState,
    was_connected: bool,
    attempts: u32,
    peer_away: bool,
    offer_due: Option<Millis>,
    answer_due: Option<Millis>,
    repair_due: Option<Millis>,
    operation_due: Option<Millis>,
    stalled_at: Option<Millis>,
    start_over: bool,
}

impl Recovery {
    pub(crate) fn path(&self) -> PathState {
        match self.state {
            ConnectionState::Connected => PathState::Connected,
            _ if self.attempts >= HOPELESS_AFTER => PathState::Failed,
            _ if self.was_connected => PathState::Interrupted,
            ConnectionState::Failed => PathState::Failed,
            ConnectionState::Connecting | ConnectionState::Disconnected => PathState::Connecting,
        }
    }

    pub(crate) fn on_connection_state(&mut self, now: Millis, state: ConnectionState) {
        self.state = state;
        match state {
            ConnectionState::Connecting => {}
            ConnectionState::Connected => {
                self.was_connected = true;
                self.attempts = 0;
                self.repair_due = None;
                self.start_over = false;
            }
            ConnectionState::Disconnected => self.repair_by(now + DISCONNECTED_GRACE_MS),
            ConnectionState::Failed => self.repair_by(now + self.pause_before_next()),
        }
    }

    /// The peer is expected to offer.
    pub(crate) fn await_offer(&mut self, now: Millis) {
        self.offer_due = Some(now + OFFER_PATIENCE_MS);
    }

    pub(crate) fn offer_came(&mut self) {
        self.offer_due = None;
    }

    /// The peer is expected to answer.
    pub(crate) fn await_answer(&mut self, now: Millis) {
        self.offer_due = None;
        self.answer_due = Some(now + ANSWER_PATIENCE_MS);
    }

    /// Offer and answer are exchanged: the connection is expected to come up, if it is not up already.
    pub(crate) fn answered(&mut self, now: Millis) {
        self.offer_due = None;
        self.answer_due = None;
        if self.state == ConnectionState::Connecting {
            self.repair_by(now + CONNECT_PATIENCE_MS);
        }
    }

    /// The browser was asked for something, and nothing else can be done until it answers.
    pub(crate) fn operation_started(&mut self, now: Millis) {
        self.operation_due = Some(now + OPERATION_PATIENCE_MS);
    }

    pub(crate) fn operation_done(&mut self) {
        self.operation_due = None;
    }

    /// Signals were lost. If media does not flow, candidates may have been among them.
    pub(crate) fn check_after_gap(&mut self, now: Millis) {
        if self.state != ConnectionState::Connected {
            self.repair_by(now);
        }
    }

    /// The browser refused an operation: only a new connection helps.
    pub(crate) fn start_over_later(&mut self, now: Millis) {
        self.start_over = true;
        self.repair_by(now + self.pause_before_next());
    }

    pub(crate) fn connection_replaced(&mut self) {
        let Self { was_connected, attempts, peer_away, .. } = *self;
        *self = Self { was_connected, attempts, peer_away, ..Self::default() };
    }

    /// The peer's socket is lost: what is sent now would not arrive.
    pub(crate) fn peer_is_away(&mut self) {
        self.peer_away = true;
    }

    pub(crate) fn peer_is_back(&mut self) {
        self.peer_away = false;
    }

    /// The network of this device has changed: do not wait for the browser to notice.
    pub(crate) fn network_changed(&mut self, now: Millis) {
        if self.state != ConnectionState::Connecting {
            self.repair_due = Some(now);
        }
    }

    /// Nothing comes in any more: one of the two devices may have another address, and the browser tells some seconds
    /// later. Whether that is worth a look for another path.
    pub(crate) fn stalled(&mut self, now: Millis) -> bool {
        let often = self.stalled_at.is_some_and(|at| now.since(at) < STALL_PAUSE_MS);
        let alarming = self.state == ConnectionState::Connected && !self.peer_away && !often;
        if alarming {
            self.stalled_at = Some(now);
            self.repair_due = Some(now);
        }
        alarming
    }

    pub(crate) fn next_deadline(&self) -> Option<Millis> {
        if self.peer_away {
            return None;
        }
        [self.offer_due, self.answer_due, self.repair_due, self.operation_due].into_iter().flatten().min()
    }

    /// What to do now, if anything. While one side is without signaling nothing helps; `repair` comes with its return.
    pub(crate) fn due(&mut self, now: Millis, seated: bool) -> Option<Remedy> {
        if self.peer_away || !seated {
            return None;
        }
        let passed = |due: Option<Millis>| due.is_some_and(|at| at <= now);
        if passed(self.operation_due) {
            self.operation_due = None;
            return Some(Remedy::StartOver);
        }
        if passed(self.repair_due) {
            if self.state == ConnectionState::Connected && !self.start_over {
                self.repair_due = None;
                return Some(Remedy::RestartIce);
            }
            self.attempts += 1;
            let start_over =
                std::mem::take(&mut self.start_over) || self.attempts.is_multiple_of(START_OVER_EVERY);
            self.repair_due = Some(now + self.pause_before_next());
            return Some(if start_over { Remedy::StartOver } else { Remedy::RestartIce });
        }
        if passed(self.answer_due) {
            self.await_answer(now);
            return Some(Remedy::AskAgain);
        }
        if passed(self.offer_due) {
            self.offer_due = None;
            return Some(Remedy::OfferMyself);
        }
        None
    }

    fn repair_by(&mut self, at: Millis) {
        self.repair_due = Some(self.repair_due.map_or(at, |already| already.min(at)));
    }

    fn pause_before_next(&self) -> u64 {
        let (first, longest) = REPAIR_PAUSE_MS;
        match self.attempts {
            0 => 0,
            n => (first << (n - 1).min(8)).min(longest),
        }
    }
}
