//! What every part of a call may use while it handles one input: the clock, timers, the queue of effects,
//! fresh ids.

use std::collections::VecDeque;

use super::effect::{ConnectionId, Effect, OpId};
use crate::{
    protocol::{ClientMsg, PeerId},
    sansio::{FewDeadlines, Millis},
};

/// Everything that a call does at a later time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Gives up the signaling socket, or opens the next one.
    Socket,
    /// Asks the server to keep the seat of a participant whose socket is lost.
    KeepSeat(PeerId),
    /// The oldest reaction is no longer shown.
    Reactions,
    /// Something is due at the connection to a participant.
    Connection(PeerId, ConnectionTimer),
}

/// What is due at a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ConnectionTimer {
    /// The peer has not offered.
    Offer,
    /// The peer has not answered.
    Answer,
    /// There is no path for media.
    Repair,
    /// The browser has not finished an operation.
    Operation,
    /// The picture of the camera grows to the size that is planned.
    CameraGrows,
    /// Another `viewing` may be sent to the peer.
    SendViewing,
    /// Another `viewing` of the peer is taken into account.
    AcceptViewing,
}

/// State that all parts of a call share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) effects: VecDeque<Effect>,
    pub(crate) timers: FewDeadlines<Timer>,
    /// How long the server keeps the seat of a lost socket. Unit: millisecond.
    pub(crate) resume_window_ms: u64,
    last_id: u64,
    rng: fastrand::Rng,
}

impl Shared {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            effects: VecDeque::new(),
            timers: FewDeadlines::default(),
            resume_window_ms: 0,
            last_id: 0,
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    pub(crate) fn context(&mut self, now: Millis, seated: bool) -> Context<'_> {
        Context { now, seated, shared: self }
    }
}

/// What a part of the call may do while it handles one input.
pub(crate) struct Context<'a> {
    pub(crate) now: Millis,
    /// This client has a seat, and a socket to say something over.
    pub(crate) seated: bool,
    shared: &'a mut Shared,
}

impl Context<'_> {
    pub(crate) fn emit(&mut self, effect: Effect) {
        self.shared.effects.push_back(effect);
    }

    /// Sends to the room. Without a seat the message is dropped: after a gap the state is repaired, not
    /// replayed.
    pub(crate) fn send(&mut self, message: ClientMsg) {
        if self.seated {
            self.emit(Effect::Send(message));
        }
    }

    pub(crate) fn timers(&mut self) -> &mut FewDeadlines<Timer> {
        &mut self.shared.timers
    }

    pub(crate) fn set_timer(&mut self, timer: Timer, after_ms: u64) {
        let at = self.now + after_ms;
        self.shared.timers.set(timer, at);
    }

    pub(crate) fn resume_window_ms(&self) -> u64 {
        self.shared.resume_window_ms
    }

    pub(crate) fn next_op(&mut self) -> OpId {
        OpId(self.next_id())
    }

    pub(crate) fn next_connection(&mut self) -> ConnectionId {
        ConnectionId(self.next_id())
    }

    /// A random time up to `longest` milliseconds.
    pub(crate) fn jitter(&mut self, longest: u64) -> u64 {
        self.shared.rng.u64(0..=longest)
    }

    fn next_id(&mut self) -> u64 {
        self.shared.last_id += 1;
        self.shared.last_id
    }
}
