//! When a connection needs help, and which: send the offer again, restart ICE (RFC 8445, section 2.4), start
//! over.
//!
//! [`super::negotiation`] passes on timers and applies the remedies. Remedies grow stronger and rarer: a few
//! ICE restarts, then a new connection, and so on for as long as both are in the room.
//!
//! While either side is without signaling no remedy can work. Timers that fire meanwhile are overdue, and
//! fire again when both sides are back.

use super::stall::{MediaFlow, StallDetector, is_steady};
use crate::{
    call::{
        context::{ConnectionTimer, Context, Timer},
        input::ConnectionState,
        view::PathState,
    },
    protocol::{MediaState, PeerId},
    sansio::Millis,
};

/// How long the side that waits for the first offer waits before it makes one. Unit: millisecond.
const OFFER_TIMEOUT_MS: u64 = 5_000;
/// How long an offer may stay unanswered before it is sent again. Unit: millisecond.
const ANSWER_TIMEOUT_MS: u64 = 10_000;
/// How long a connection may take once both descriptions are set. Browsers report `failed` by themselves, but
/// not if gathering candidates got stuck. Unit: millisecond.
const CONNECT_TIMEOUT_MS: u64 = 15_000;
/// `disconnected` often heals by itself within this time. Unit: millisecond.
const DISCONNECTED_GRACE_MS: u64 = 2_000;
/// How long the browser may take over one operation. Unit: millisecond.
const OPERATION_TIMEOUT_MS: u64 = 15_000;
/// First and longest time between two attempts to repair a connection. Unit: millisecond.
const REPAIR_BACKOFF_MS: (u64, u64) = (4_000, 30_000);
/// Every n-th attempt replaces the connection instead of restarting ICE.
const START_OVER_EVERY: u32 = 4;
/// How often the peer may have the connection replaced. Chromium makes 500 for a page and no more. Unit:
/// millisecond.
const RENEWAL_INTERVAL_MS: u64 = 2_000;
/// A connection that stalls more often than this has a poor network, not a new one. Unit: millisecond.
const STALL_INTERVAL_MS: u64 = 4_000;
/// After a stall an ICE restart has this long to bring media again before a new connection is made; twice as
/// long after each time that one was made. Unit: millisecond.
const STALL_TIMEOUT_MS: u64 = 6_000;
/// How often that time doubles.
const MAX_DOUBLINGS: u32 = 4;
/// When the network of the device has changed, media that still arrives after the first of these times shows
/// that the path is in order; ICE is restarted after the second. Units: millisecond.
const NETWORK_CHECK_MS: (u64, u64) = (500, 1_000);
/// Failed attempts after which the page shows that there is no path.
const FAILED_AFTER: u32 = 2;

/// What to do about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Send the pending offer again.
    ResendOffer,
    /// The peer did not offer: offer from this side.
    Offer,
    /// Look for another network path.
    RestartIce,
    /// A new connection.
    StartOver,
}

/// The health of one connection.
#[derive(Debug)]
pub(crate) struct Recovery {
    peer: PeerId,
    state: ConnectionState,
    was_connected: bool,
    attempts: u32,
    peer_away: bool,
    /// Timers that fired while nothing could be done.
    overdue: Vec<ConnectionTimer>,
    stall: StallDetector,
    stalled_at: Option<Millis>,
    /// No media has arrived since the last stall.
    is_silent: bool,
    /// ICE is restarted for a stall, and has to bring media in time.
    awaits_media: bool,
    /// Connections that were replaced because they brought no media.
    replaced_silent: u32,
    network_changed_at: Option<Millis>,
    start_over: bool,
    /// When the peer last had the connection replaced.
    renewed_at: Option<Millis>,
}

impl Recovery {
    pub(crate) fn new(peer: PeerId) -> Self {
        Self {
            peer,
            state: ConnectionState::default(),
            was_connected: false,
            attempts: 0,
            peer_away: false,
            overdue: Vec::new(),
            stall: StallDetector::default(),
            stalled_at: None,
            is_silent: false,
            awaits_media: false,
            replaced_silent: 0,
            network_changed_at: None,
            start_over: false,
            renewed_at: None,
        }
    }

    pub(crate) fn path(&self) -> PathState {
        match self.state {
            ConnectionState::Connected => PathState::Connected,
            _ if self.attempts >= FAILED_AFTER => PathState::Failed,
            _ if self.was_connected => PathState::Interrupted,
            ConnectionState::Failed => PathState::Failed,
            ConnectionState::Connecting | ConnectionState::Disconnected => PathState::Connecting,
        }
    }

    pub(crate) fn on_state(&mut self, ctx: &mut Context<'_>, state: ConnectionState) {
        self.state = state;
        match state {
            ConnectionState::Connecting => {}
            ConnectionState::Connected => {
                self.was_connected = true;
                self.attempts = 0;
                if self.awaits_media {
                    self.set(ctx, ConnectionTimer::Repair, self.stall_timeout_ms());
                } else {
                    self.repair_is_needless(ctx);
                }
            }
            ConnectionState::Disconnected => self.repair_within(ctx, DISCONNECTED_GRACE_MS),
            ConnectionState::Failed => self.repair_within(ctx, self.backoff_ms()),
        }
    }

    /// Returns whether the peer may have the connection replaced now.
    pub(crate) fn admits_renewal(&mut self, now: Millis) -> bool {
        let is_due = self.renewed_at.is_none_or(|at| now.since(at) >= RENEWAL_INTERVAL_MS);
        if is_due {
            self.renewed_at = Some(now);
        }
        is_due
    }

    /// The peer is expected to offer.
    pub(crate) fn await_offer(&mut self, ctx: &mut Context<'_>) {
        self.set(ctx, ConnectionTimer::Offer, OFFER_TIMEOUT_MS);
    }

    pub(crate) fn offer_received(&mut self, ctx: &mut Context<'_>) {
        self.clear(ctx, ConnectionTimer::Offer);
    }

    /// The peer is expected to answer.
    pub(crate) fn await_answer(&mut self, ctx: &mut Context<'_>) {
        self.clear(ctx, ConnectionTimer::Offer);
        self.set(ctx, ConnectionTimer::Answer, ANSWER_TIMEOUT_MS);
    }

    /// Offer and answer are exchanged: the connection is expected to come up, if it is not up already.
    pub(crate) fn exchange_complete(&mut self, ctx: &mut Context<'_>) {
        self.clear(ctx, ConnectionTimer::Offer);
        self.clear(ctx, ConnectionTimer::Answer);
        if self.state == ConnectionState::Connecting {
            self.repair_within(ctx, CONNECT_TIMEOUT_MS);
        }
    }

    /// The browser has begun an operation; nothing else can be done until it ends.
    pub(crate) fn operation_started(&mut self, ctx: &mut Context<'_>) {
        self.set(ctx, ConnectionTimer::Operation, OPERATION_TIMEOUT_MS);
    }

    pub(crate) fn operation_done(&mut self, ctx: &mut Context<'_>) {
        self.clear(ctx, ConnectionTimer::Operation);
    }

    /// Signals were lost. If media does not flow, candidates may have been among them.
    pub(crate) fn check_after_gap(&mut self, ctx: &mut Context<'_>) {
        if self.state != ConnectionState::Connected {
            self.repair_within(ctx, 0);
        }
    }

    /// The browser refused an operation: only a new connection helps.
    pub(crate) fn start_over_later(&mut self, ctx: &mut Context<'_>) {
        self.start_over = true;
        self.repair_within(ctx, self.backoff_ms());
    }

    pub(crate) fn connection_replaced(&mut self, ctx: &mut Context<'_>) {
        self.clear_timers(ctx);
        self.state = ConnectionState::default();
        self.stall = StallDetector::default();
        self.stalled_at = None;
        self.is_silent = false;
        self.awaits_media = false;
        self.network_changed_at = None;
        self.start_over = false;
    }

    /// Nothing is due any more.
    pub(crate) fn clear_timers(&mut self, ctx: &mut Context<'_>) {
        for timer in [
            ConnectionTimer::Offer,
            ConnectionTimer::Answer,
            ConnectionTimer::Repair,
            ConnectionTimer::Operation,
        ] {
            self.clear(ctx, timer);
        }
    }

    /// The peer's socket is lost: what is sent now would not arrive.
    pub(crate) fn peer_away(&mut self) {
        self.peer_away = true;
    }

    /// Both sides have signaling.
    pub(crate) fn peer_back(&mut self, ctx: &mut Context<'_>) {
        self.peer_away = false;
        for timer in std::mem::take(&mut self.overdue) {
            self.set(ctx, timer, 0);
        }
    }

    /// The network of this device has changed: does not wait for the browser to notice. A path over which
    /// media still arrives is left alone, since restarting ICE can end it.
    pub(crate) fn network_changed(&mut self, ctx: &mut Context<'_>) {
        match self.state {
            ConnectionState::Connecting => {}
            ConnectionState::Connected => {
                // Whatever was tried on the old network begins anew.
                self.awaits_media = false;
                self.network_changed_at = Some(ctx.now);
                self.set(ctx, ConnectionTimer::Repair, NETWORK_CHECK_MS.1);
            }
            ConnectionState::Disconnected | ConnectionState::Failed => {
                self.set(ctx, ConnectionTimer::Repair, 0);
            }
        }
    }

    /// Takes in when the newest media was played; 0 if there is none. Returns whether media flows, and
    /// `Stalled` only if another path is looked for.
    pub(crate) fn sample(
        &mut self,
        ctx: &mut Context<'_>,
        newest_ms: u64,
        expected: MediaState,
    ) -> MediaFlow {
        let flow = self.stall.sample(newest_ms, expected);
        match flow {
            MediaFlow::Flowing | MediaFlow::Resumed => self.media_arrived(ctx),
            _ if !is_steady(expected) => {
                self.is_silent = false;
                if std::mem::take(&mut self.awaits_media) {
                    self.repair_is_needless(ctx);
                }
                return MediaFlow::Silent;
            }
            MediaFlow::Stalled if self.stalled(ctx) => {}
            MediaFlow::Stalled | MediaFlow::Silent => return MediaFlow::Silent,
        }
        flow
    }

    fn media_arrived(&mut self, ctx: &mut Context<'_>) {
        self.is_silent = false;
        let proven = |at: &mut Millis| ctx.now.since(*at) >= NETWORK_CHECK_MS.0;
        let network_is_fine = self.network_changed_at.take_if(proven).is_some();
        if network_is_fine || std::mem::take(&mut self.awaits_media) {
            self.repair_is_needless(ctx);
        }
    }

    /// No media arrives any more: one of the two devices may have another address, which the browser reports
    /// some seconds later. Returns whether to look for another path.
    fn stalled(&mut self, ctx: &mut Context<'_>) -> bool {
        let often = self.stalled_at.is_some_and(|at| ctx.now.since(at) < STALL_INTERVAL_MS);
        let alarming = self.state == ConnectionState::Connected && !self.peer_away && !often;
        if alarming {
            self.stalled_at = Some(ctx.now);
            self.is_silent = true;
            self.set(ctx, ConnectionTimer::Repair, 0);
        }
        alarming
    }

    /// What to do now that a timer has fired, if anything.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>, timer: ConnectionTimer) -> Option<Remedy> {
        if self.peer_away || !ctx.seated {
            self.overdue.push(timer);
            return None;
        }
        match timer {
            ConnectionTimer::Operation => Some(Remedy::StartOver),
            ConnectionTimer::Repair if self.state == ConnectionState::Connected && !self.start_over => {
                self.network_changed_at = None;
                let in_vain = std::mem::take(&mut self.awaits_media);
                if in_vain {
                    self.replaced_silent += 1;
                    return Some(Remedy::StartOver);
                }
                if self.is_silent {
                    self.awaits_media = true;
                    self.set(ctx, ConnectionTimer::Repair, self.stall_timeout_ms());
                }
                Some(Remedy::RestartIce)
            }
            ConnectionTimer::Repair => {
                self.attempts += 1;
                let start_over =
                    std::mem::take(&mut self.start_over) || self.attempts.is_multiple_of(START_OVER_EVERY);
                self.set(ctx, ConnectionTimer::Repair, self.backoff_ms());
                Some(if start_over { Remedy::StartOver } else { Remedy::RestartIce })
            }
            ConnectionTimer::Answer => {
                self.await_answer(ctx);
                Some(Remedy::ResendOffer)
            }
            ConnectionTimer::Offer => Some(Remedy::Offer),
            ConnectionTimer::CameraGrows | ConnectionTimer::SendViewing | ConnectionTimer::AcceptViewing => {
                None
            }
        }
    }

    /// The connection works, unless the browser has refused an operation.
    fn repair_is_needless(&mut self, ctx: &mut Context<'_>) {
        if !self.start_over {
            self.clear(ctx, ConnectionTimer::Repair);
        }
    }

    fn stall_timeout_ms(&self) -> u64 {
        STALL_TIMEOUT_MS << self.replaced_silent.min(MAX_DOUBLINGS)
    }

    fn repair_within(&mut self, ctx: &mut Context<'_>, ms: u64) {
        let timer = Timer::Connection(self.peer, ConnectionTimer::Repair);
        let sooner = ctx.timers().at(&timer).is_some_and(|at| at <= ctx.now + ms);
        if !sooner && !self.overdue.contains(&ConnectionTimer::Repair) {
            ctx.set_timer(timer, ms);
        }
    }

    fn backoff_ms(&self) -> u64 {
        let (first, longest) = REPAIR_BACKOFF_MS;
        match self.attempts {
            0 => 0,
            n => (first << (n - 1).min(8)).min(longest),
        }
    }

    fn set(&mut self, ctx: &mut Context<'_>, timer: ConnectionTimer, after_ms: u64) {
        self.overdue.retain(|overdue| *overdue != timer);
        ctx.set_timer(Timer::Connection(self.peer, timer), after_ms);
    }

    fn clear(&mut self, ctx: &mut Context<'_>, timer: ConnectionTimer) {
        self.overdue.retain(|overdue| *overdue != timer);
        ctx.timers().clear(&Timer::Connection(self.peer, timer));
    }
}
