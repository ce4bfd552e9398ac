//! A limit for what people do beside talking, which everybody in the room is told of.

use crate::sansio::Millis;

/// Gestures of one seat that are accepted at once.
const BURST: u64 = 10;
/// After that, one is accepted in this time. Unit: millisecond.
const INTERVAL_MS: u64 = 500;

/// Limits the gestures of one seat: locks, hands and reactions together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gestures {
    /// When all that were made would have been accepted one by one.
    paid_until: Millis,
}

impl Gestures {
    /// Counts a gesture. Returns false if there were too many.
    pub(super) fn accept(&mut self, now: Millis) -> bool {
        let from = self.paid_until.max(now);
        let is_accepted = from.since(now) <= (BURST - 1) * INTERVAL_MS;
        if is_accepted {
            self.paid_until = from + INTERVAL_MS;
        }
        is_accepted
    }
}
