//! The signaling socket: opens, says hello, joins; and reconnects after a loss, with growing backoff and
//! jitter.
//!
//! A state machine over one socket at a time. Whatever it waits for is [`Timer::Socket`].

use crate::{
    call::{
        context::{Context, Timer},
        effect::Effect,
        view::{Failure, Trouble},
    },
    protocol::{
        ClientMsg, CloseCode, DisplayName, FEATURE_HANDS, FEATURE_LOCK, FEATURE_REACTIONS, FEATURE_TRACKS,
        MediaState, Resume, ResumeMode, ResumeToken, RoomName, VERSION, VisitId,
    },
    sansio::Millis,
};

/// How long the server may take to answer a join. Unit: millisecond.
const JOIN_TIMEOUT_MS: u64 = 8_000;
/// How long a socket may take to open at the first attempt, before another is opened: systems repeat lost
/// packets of a handshake more and more rarely. Doubles up to [`JOIN_TIMEOUT_MS`]. Unit: millisecond.
const OPEN_TIMEOUT_MS: u64 = 4_000;
/// The first backoff is up to this long, chosen at random so that the clients of a restarted server do not
/// come back all at once; doubles with each attempt. Unit: millisecond.
const FIRST_BACKOFF_MS: u64 = 400;
/// The longest backoff. Unit: millisecond.
const LONGEST_BACKOFF_MS: u64 = 8_000;
/// The longest `retry_after_ms` that is obeyed. Unit: millisecond.
const LONGEST_RESTART_MS: u64 = 30_000;
/// Added to the backoff after the server has closed the socket for what this client did. Unit: millisecond.
const PENALTY_BACKOFF_MS: u64 = 3_000;
/// Failed attempts after which the page says so.
const UNREACHABLE_AFTER: u32 = 2;
/// How long a client with a token retries a full or locked room: its page may have been loaded twice in a
/// row, and the server may not have noticed yet that the first is gone. Unit: millisecond.
const REFUSED_RETRY_MS: u64 = 5_000;
/// Between two attempts at a full or locked room: the first time, doubling up to the last. Unit: millisecond.
const REFUSED_BACKOFF_MS: (u64, u64) = (1_000, 15_000);
/// How long a client waits for a free seat. Unit: millisecond.
const REFUSED_WAIT_MS: u64 = 10 * 60_000;
/// How late a join may arrive over a socket that this client has already replaced. Unit: millisecond.
const LATE_JOIN_MS: u64 = 30_000;
/// A socket over which something arrived within this time is alive. Unit: millisecond.
const FRESH_MS: u64 = 500;
/// Until the server has said otherwise. Unit: millisecond.
const DEFAULT_HEARTBEAT_MS: u64 = 10_000;

/// The signaling socket of one call.
#[derive(Debug, Default)]
pub(crate) struct Socket {
    state: State,
    attempts: u32,
    heartbeat_ms: u64,
    received_at: Millis,
    /// When the last socket was lost that had not received the answer to its `join`.
    unanswered: Option<Millis>,
    /// When the room was first found full or locked.
    refused_since: Option<Millis>,
    /// Attempts at that room that the person is told of.
    refused_attempts: u32,
    offline: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Not needed.
    #[default]
    Idle,
    /// The browser is opening it.
    Opening,
    /// Open; the shell has not yet said whether this tab has a seat.
    Open,
    /// `join` is sent.
    Joining,
    /// In the room.
    Seated,
    /// Waits before the next attempt.
    BackingOff,
}

/// What to make of a full or locked room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedJoin {
    /// A seat may be this client's own.
    OwnSeat,
    /// Waits until somebody leaves, or unlocks the room.
    Awaited,
    /// Nobody has done so for too long.
    GivenUp,
}

/// What `join` is to say.
#[derive(Debug, Clone)]
pub(crate) struct JoinRequest {
    pub(crate) room: RoomName,
    pub(crate) name: Option<DisplayName>,
    pub(crate) resume: Option<(ResumeToken, ResumeMode)>,
    pub(crate) media: MediaState,
    pub(crate) visit: Option<VisitId>,
}

/// The first message over each socket.
pub fn hello() -> ClientMsg {
    let features = [FEATURE_TRACKS, FEATURE_LOCK, FEATURE_HANDS, FEATURE_REACTIONS];
    ClientMsg::Hello { version: VERSION, features: features.map(str::to_owned).to_vec() }
}

/// The second message of somebody who comes for the first time, before there are devices.
pub fn first_join(room: RoomName, name: Option<DisplayName>, visit: Option<VisitId>) -> ClientMsg {
    ClientMsg::Join { room, name, resume: None, media: MediaState::default(), visit }
}

impl Socket {
    pub(crate) fn open(&mut self, ctx: &mut Context<'_>) {
        self.state = State::Opening;
        ctx.set_timer(Timer::Socket, (OPEN_TIMEOUT_MS << self.attempts.min(8)).min(JOIN_TIMEOUT_MS));
        ctx.emit(Effect::OpenSocket);
    }

    /// Sends `hello` and `join` together, once the socket is open and `request` is complete.
    pub(crate) fn join(&mut self, ctx: &mut Context<'_>, request: Option<JoinRequest>) {
        if self.state == State::Opening {
            self.state = State::Open;
        }
        let (State::Open, Some(JoinRequest { room, name, resume, media, visit })) = (self.state, request)
        else {
            return;
        };
        self.state = State::Joining;
        ctx.set_timer(Timer::Socket, JOIN_TIMEOUT_MS);
        ctx.emit(Effect::Send(hello()));
        let resume = resume.map(|(token, mode)| Resume { token, mode });
        ctx.emit(Effect::Send(ClientMsg::Join { room, name, resume, media, visit }));
    }

    /// The page has joined over the socket already: waits for the answer.
    pub(crate) fn joined_early(&mut self, ctx: &mut Context<'_>) {
        self.state = State::Joining;
        ctx.set_timer(Timer::Socket, JOIN_TIMEOUT_MS);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub(crate) fn welcomed(&mut self, heartbeat_ms: u64) {
        self.heartbeat_ms = heartbeat_ms;
    }

    pub(crate) fn seated(&mut self, ctx: &mut Context<'_>) {
        self.state = State::Seated;
        self.attempts = 0;
        self.refused_since = None;
        self.refused_attempts = 0;
        self.received(ctx);
    }

    /// Any message shows that the server is there.
    pub(crate) fn received(&mut self, ctx: &mut Context<'_>) {
        self.received_at = ctx.now;
        self.offline = false;
        if self.state == State::Seated {
            let interval = if self.heartbeat_ms == 0 { DEFAULT_HEARTBEAT_MS } else { self.heartbeat_ms };
            ctx.set_timer(Timer::Socket, 2 * interval);
        }
    }

    /// The socket is closed. Reconnects unless the code forbids it.
    pub(crate) fn closed(&mut self, ctx: &mut Context<'_>, code: CloseCode) -> Option<Failure> {
        if self.state == State::Idle {
            return None;
        }
        match code {
            // By this client itself, if the join of the socket before arrived after that of this one. Only
            // once: the second time it was somebody else.
            CloseCode::Replaced
                if self.unanswered.take().is_some_and(|lost| ctx.now.since(lost) < LATE_JOIN_MS) => {}
            CloseCode::Replaced => return Some(Failure::Replaced),
            CloseCode::UnsupportedVersion => return Some(Failure::UnsupportedVersion),
            CloseCode::GoingAway
            | CloseCode::TooLarge
            | CloseCode::BadMessages
            | CloseCode::HeartbeatTimeout
            | CloseCode::SlowConsumer
            | CloseCode::RateLimited
            | CloseCode::PageClosed
            | CloseCode::NoSeat
            | CloseCode::Other(_) => {}
        }
        if self.state == State::Joining {
            self.unanswered = Some(ctx.now);
        }
        // Coming back at once would end the same way.
        let penalty = matches!(code, CloseCode::RateLimited | CloseCode::BadMessages | CloseCode::TooLarge);
        let was_refused = self.state == State::Opening;
        self.back_off(ctx, if penalty { PENALTY_BACKOFF_MS } else { 0 });
        if was_refused && self.attempts == UNREACHABLE_AFTER {
            ctx.emit(Effect::CheckOrigin);
        }
        None
    }

    /// The server stops, and has told each client another time to come back.
    pub(crate) fn on_restarting(&mut self, ctx: &mut Context<'_>, retry_after_ms: u64) {
        match self.state {
            State::Idle | State::BackingOff => {}
            State::Opening | State::Open | State::Joining | State::Seated => {
                ctx.emit(Effect::CloseSocket);
                self.state = State::BackingOff;
                ctx.set_timer(Timer::Socket, retry_after_ms.min(LONGEST_RESTART_MS));
            }
        }
    }

    /// The room is full or locked. Asks again, quietly if one of the seats may be this client's own: taken by
    /// a join whose answer was lost. The server frees it when it has noticed the lost socket and the resume
    /// window has passed.
    pub(crate) fn refused(&mut self, ctx: &mut Context<'_>, has_token: bool) -> RefusedJoin {
        let own_seat_kept_ms = ctx.resume_window_ms() + 2 * self.heartbeat_ms;
        let may_have_seat = self.unanswered.is_some_and(|lost| ctx.now.since(lost) <= own_seat_kept_ms);
        let since = *self.refused_since.get_or_insert(ctx.now);
        let retries = has_token && ctx.now.since(since) < REFUSED_RETRY_MS;
        if ctx.now.since(since) >= REFUSED_WAIT_MS {
            return RefusedJoin::GivenUp;
        }
        ctx.emit(Effect::CloseSocket);
        if may_have_seat || retries {
            self.back_off(ctx, 0);
            return RefusedJoin::OwnSeat;
        }
        let (first, longest) = REFUSED_BACKOFF_MS;
        let backoff_ms = (first << self.refused_attempts.min(8)).min(longest);
        self.refused_attempts += 1;
        self.state = State::BackingOff;
        let backoff_ms = backoff_ms + ctx.jitter(first);
        ctx.set_timer(Timer::Socket, backoff_ms);
        RefusedJoin::Awaited
    }

    /// Too many joins come from this network.
    pub(crate) fn come_later(&mut self, ctx: &mut Context<'_>) {
        ctx.emit(Effect::CloseSocket);
        self.back_off(ctx, PENALTY_BACKOFF_MS);
    }

    fn back_off(&mut self, ctx: &mut Context<'_>, penalty_ms: u64) {
        let longest = (FIRST_BACKOFF_MS << self.attempts.min(8)).min(LONGEST_BACKOFF_MS);
        self.attempts += 1;
        self.state = State::BackingOff;
        let backoff_ms = ctx.jitter(longest) + penalty_ms;
        ctx.set_timer(Timer::Socket, backoff_ms);
    }

    /// [`Timer::Socket`] has fired: closes a socket that does not answer, or opens the next one.
    pub(crate) fn on_timer(&mut self, ctx: &mut Context<'_>) {
        match self.state {
            State::Idle => {}
            State::BackingOff => self.open(ctx),
            State::Opening | State::Open | State::Joining | State::Seated => {
                ctx.emit(Effect::CloseSocket);
                let _ = self.closed(ctx, CloseCode::HeartbeatTimeout);
            }
        }
    }

    /// The page is visible again: does not wait for the end of the backoff.
    pub(crate) fn retry_now(&mut self, ctx: &mut Context<'_>) {
        if self.state == State::BackingOff {
            self.open(ctx);
        }
    }

    /// There is a network, perhaps another one than before: then a socket of the old one is dead, but reports
    /// it late.
    pub(crate) fn renew(&mut self, ctx: &mut Context<'_>) {
        self.offline = false;
        match self.state {
            State::Idle => return,
            State::Joining => self.unanswered = Some(ctx.now),
            State::Opening | State::Open | State::Seated | State::BackingOff => {}
        }
        self.open(ctx);
    }

    /// Media has stalled. A new socket costs little and shows whether the server can be reached.
    pub(crate) fn probe(&mut self, ctx: &mut Context<'_>) {
        if self.state == State::Seated && ctx.now.since(self.received_at) >= FRESH_MS {
            self.open(ctx);
        }
    }

    pub(crate) fn went_offline(&mut self) {
        self.offline = true;
    }

    pub(crate) fn stop(&mut self, ctx: &mut Context<'_>) {
        if self.state != State::Idle {
            ctx.emit(Effect::CloseSocket);
        }
        ctx.timers().clear(&Timer::Socket);
        *self = Self { offline: self.offline, ..Self::default() };
    }

    pub(crate) fn is_seated(&self) -> bool {
        self.state == State::Seated
    }

    /// The server has, or may have, given this socket a seat.
    pub(crate) fn may_have_seat(&self) -> bool {
        matches!(self.state, State::Joining | State::Seated)
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self.state {
            State::Idle => None,
            _ if self.offline => Some(Trouble::Offline),
            State::Seated => None,
            State::Opening | State::Open | State::Joining | State::BackingOff => {
                (self.attempts >= UNREACHABLE_AFTER).then_some(Trouble::ServerUnreachable)
            }
        }
    }
}
