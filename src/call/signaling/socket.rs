//! The way to the server: open, greet, join; and after a loss again, with growing pauses and jitter.
//!
//! A state machine over one signaling socket at a time. [`crate::call::Call`] tells it what happened and asks it when to
//! come back.

use crate::{
    call::{
        context::Context,
        effect::Effect,
        view::{Failure, Trouble},
    },
    protocol::{
        ClientMsg, CloseCode, DisplayName, MediaState, Resume, ResumeMode, ResumeToken, RoomName, VERSION,
        VisitId,
    },
    sansio::Millis,
};

/// How long the server may take to answer a join. Unit: millisecond.
const PATIENCE_MS: u64 = 8_000;
/// How long a socket may take to open at the first try, before another is tried: systems repeat what was lost of a
/// handshake more and more rarely. Doubles up to [`PATIENCE_MS`]. Unit: millisecond.
const OPENING_MS: u64 = 4_000;
/// The first pause before another try is up to this long, chosen at random so that the clients of a restarted
/// server do not come back all at once; the pause doubles with each try. Unit: millisecond.
const FIRST_PAUSE_MS: u64 = 400;
/// The longest pause. Unit: millisecond.
const LONGEST_PAUSE_MS: u64 = 8_000;
/// The longest time for which a server can send its clients away. Unit: millisecond.
const LONGEST_RESTART_MS: u64 = 30_000;
/// How much longer the pause is after the server has closed the socket for what this client did. Unit: millisecond.
const SCOLDED_PAUSE_MS: u64 = 3_000;
/// Tries in vain after which the person is told.
const TELL_AFTER: u32 = 2;
/// How long a client with a token asks again at a full room: its page may have been loaded twice in a row, and the
/// server not yet have missed the first. Unit: millisecond.
const TOKEN_PATIENCE_MS: u64 = 5_000;
/// How late a join may arrive over a socket that this client has already given up. Unit: millisecond.
const LATE_JOIN_MS: u64 = 30_000;
/// A socket over which something came within this time is not dead. Unit: millisecond.
const FRESH_MS: u64 = 500;
/// Until the server has said otherwise. Unit: millisecond.
const DEFAULT_HEARTBEAT_MS: u64 = 10_000;

/// The signaling socket of one call.
#[derive(Debug, Default)]
pub(crate) struct Socket {
    state: State,
    deadline: Option<Millis>,
    tries: u32,
    heartbeat_ms: u64,
    heard_at: Millis,
    /// When the last socket was lost that had not heard the answer to its `join`.
    unanswered: Option<Millis>,
    /// When the room was first found full although this client has a token for it.
    full_since: Option<Millis>,
    offline: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Not wanted.
    #[default]
    Idle,
    /// Waits for the browser to open it.
    Opening,
    /// Open, but the shell has not yet said whether this tab has a seat.
    Open,
    /// Waits for the answer to `join`.
    Joining,
    /// In the room.
    Seated,
    /// Waits before another try.
    Pausing,
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

impl Socket {
    pub(crate) fn open(&mut self, ctx: &mut Context<'_>) {
        self.state = State::Opening;
        self.deadline = Some(ctx.now + (OPENING_MS << self.tries.min(8)).min(PATIENCE_MS));
        ctx.emit(Effect::OpenSocket);
    }

    /// Greets and joins in one flight, once the socket is open and `request` is complete.
    pub(crate) fn join(&mut self, ctx: &mut Context<'_>, request: Option<JoinRequest>) {
        if self.state == State::Opening {
            self.state = State::Open;
        }
        let (State::Open, Some(JoinRequest { room, name, resume, media, visit })) = (self.state, request)
        else {
            return;
        };
        self.state = State::Joining;
        self.deadline = Some(ctx.now + PATIENCE_MS);
        ctx.emit(Effect::Send(ClientMsg::Hello { version: VERSION, features: Vec::new() }));
        let resume = resume.map(|(token, mode)| Resume { token, mode });
        ctx.emit(Effect::Send(ClientMsg::Join { room, name, resume, media, visit }));
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub(crate) fn welcomed(&mut self, heartbeat_ms: u64) {
        self.heartbeat_ms = heartbeat_ms;
    }

    pub(crate) fn seated(&mut self, now: Millis) {
        self.state = State::Seated;
        self.tries = 0;
        self.full_since = None;
        self.heard(now);
    }

    /// Any frame shows that the server is there.
    pub(crate) fn heard(&mut self, now: Millis) {
        self.heard_at = now;
        self.offline = false;
        if self.state == State::Seated {
            let interval = if self.heartbeat_ms == 0 { DEFAULT_HEARTBEAT_MS } else { self.heartbeat_ms };
            self.deadline = Some(now + 2 * interval);
        }
    }

    /// The socket is gone. Comes back by itself unless the code forbids it.
    pub(crate) fn closed(&mut self, ctx: &mut Context<'_>, code: CloseCode) -> Option<Failure> {
        if self.state == State::Idle {
            return None;
        }
        match code {
            // By this client itself, if a join of the socket before arrived after that of this one.
            // Once: who is replaced again is replaced by somebody else.
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
            | CloseCode::Other(_) => {}
        }
        if self.state == State::Joining {
            self.unanswered = Some(ctx.now);
        }
        self.pause(ctx);
        if matches!(code, CloseCode::RateLimited | CloseCode::BadMessages | CloseCode::TooLarge) {
            // Coming back at once would end the same way.
            self.deadline = self.deadline.map(|at| at + SCOLDED_PAUSE_MS);
        }
        None
    }

    /// The server stops and says when to come back, to each client another time.
    pub(crate) fn sit_out_restart(&mut self, ctx: &mut Context<'_>, retry_after_ms: u64) {
        match self.state {
            State::Idle | State::Pausing => {}
            State::Opening | State::Open | State::Joining | State::Seated => {
                ctx.emit(Effect::CloseSocket);
                self.state = State::Pausing;
                self.deadline = Some(ctx.now + retry_after_ms.min(LONGEST_RESTART_MS));
            }
        }
    }

    /// The room is full. Returns false if that may be due to a seat that this client took without hearing of it: the
    /// server gives it up when it has missed the lost socket and `seat_kept_ms` have passed, so it is asked again.
    pub(crate) fn full(&mut self, ctx: &mut Context<'_>, seat_kept_ms: u64, has_token: bool) -> bool {
        let patience_ms = seat_kept_ms + 2 * self.heartbeat_ms;
        let may_have_a_seat = self.unanswered.is_some_and(|lost| ctx.now.since(lost) <= patience_ms);
        let since = *self.full_since.get_or_insert(ctx.now);
        let patient = has_token && ctx.now.since(since) < TOKEN_PATIENCE_MS;
        if !may_have_a_seat && !patient {
            return true;
        }
        ctx.emit(Effect::CloseSocket);
        self.pause(ctx);
        false
    }

    fn pause(&mut self, ctx: &mut Context<'_>) {
        let longest = (FIRST_PAUSE_MS << self.tries.min(8)).min(LONGEST_PAUSE_MS);
        self.tries += 1;
        self.state = State::Pausing;
        self.deadline = Some(ctx.now + ctx.jitter(longest));
    }

    /// Time has passed: gives up on a socket that does not answer, or opens the next one.
    pub(crate) fn on_tick(&mut self, ctx: &mut Context<'_>) {
        if self.deadline.is_none_or(|at| at > ctx.now) {
            return;
        }
        self.deadline = None;
        match self.state {
            State::Idle => {}
            State::Pausing => self.open(ctx),
            State::Opening | State::Open | State::Joining | State::Seated => {
                ctx.emit(Effect::CloseSocket);
                let _ = self.closed(ctx, CloseCode::HeartbeatTimeout);
            }
        }
    }

    /// The page is visible again: do not sit out the pause.
    pub(crate) fn hurry(&mut self, ctx: &mut Context<'_>) {
        if self.state == State::Pausing {
            self.open(ctx);
        }
    }

    /// There is a network, perhaps another one than before: then a socket of the old one is dead, but says so late.
    pub(crate) fn renew(&mut self, ctx: &mut Context<'_>) {
        self.offline = false;
        match self.state {
            State::Idle => return,
            State::Joining => self.unanswered = Some(ctx.now),
            State::Opening | State::Open | State::Seated | State::Pausing => {}
        }
        self.open(ctx);
    }

    /// Something else over the network has gone silent. A new socket costs little and shows whether the server is there.
    pub(crate) fn doubt(&mut self, ctx: &mut Context<'_>) {
        if self.state == State::Seated && ctx.now.since(self.heard_at) >= FRESH_MS {
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
        *self = Self { offline: self.offline, ..Self::default() };
    }

    pub(crate) fn is_seated(&self) -> bool {
        self.state == State::Seated
    }

    /// The server has, or may have, a seat for this socket.
    pub(crate) fn has_asked(&self) -> bool {
        matches!(self.state, State::Joining | State::Seated)
    }

    pub(crate) fn next_deadline(&self) -> Option<Millis> {
        self.deadline
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self.state {
            State::Idle => None,
            _ if self.offline => Some(Trouble::Offline),
            State::Seated => None,
            State::Opening | State::Open | State::Joining | State::Pausing => {
                (self.tries >= TELL_AFTER).then_some(Trouble::ServerUnreachable)
            }
        }
    }
}
