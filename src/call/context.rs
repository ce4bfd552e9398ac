//! What every part of a call shares while it handles one input: the clock, the queue of effects, fresh ids.

use std::collections::VecDeque;

use super::effect::{ConnectionId, Effect, OpId};
use crate::{protocol::ClientMsg, sansio::Millis};

/// What every part of a call may use.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) effects: VecDeque<Effect>,
    pub(crate) next_number: u64,
    pub(crate) rng: fastrand::Rng,
}

impl Shared {
    pub(crate) fn new(seed: u64) -> Self {
        Self { effects: VecDeque::new(), next_number: 0, rng: fastrand::Rng::with_seed(seed) }
    }
}

/// What a part of the call may do while it handles one input.
pub(crate) struct Context<'a> {
    pub(crate) now: Millis,
    pub(crate) seated: bool,
    shared: &'a mut Shared,
}

impl Shared {
    pub(crate) fn context(&mut self, now: Millis, seated: bool) -> Context<'_> {
        Context { now, seated, shared: self }
    }
}

impl Context<'_> {
    pub(crate) fn emit(&mut self, effect: Effect) {
        self.shared.effects.push_back(effect);
    }

    /// Sends to the room. Without a seat the message is dropped: after a gap the state is repaired, not replayed.
    pub(crate) fn send(&mut self, message: ClientMsg) {
        if self.seated {
            self.emit(Effect::Send(message));
        }
    }

    pub(crate) fn next_op(&mut self) -> OpId {
        self.shared.next_number += 1;
        OpId(self.shared.next_number)
    }

    pub(crate) fn next_connection(&mut self) -> ConnectionId {
        self.shared.next_number += 1;
        ConnectionId(self.shared.next_number)
    }

    /// A random time up to `longest` milliseconds.
    pub(crate) fn jitter(&mut self, longest: u64) -> u64 {
        self.shared.rng.u64(0..=longest)
    }
}
