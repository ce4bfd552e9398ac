//! How often something may happen.

use crate::sansio::Millis;

/// A token bucket, as the virtual scheduling of GCRA (ITU-T I.371): one number, whatever it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    /// What one event takes. Unit: millisecond.
    cost_ms: u64,
    /// How many events at once, after a pause.
    burst: u64,
    /// When the bucket will be full again.
    full_at: Millis,
}

impl Bucket {
    /// A full bucket.
    pub(super) const fn new(burst: u64, cost_ms: u64) -> Self {
        Self { cost_ms, burst, full_at: Millis(0) }
    }

    /// Returns whether another event may happen now.
    pub(super) fn has(&self, now: Millis) -> bool {
        self.full_at.since(now) + self.cost_ms <= self.burst * self.cost_ms
    }

    /// Counts an event, if it may happen now, and returns whether it may.
    pub(super) fn take(&mut self, now: Millis) -> bool {
        let granted = self.has(now);
        if granted {
            self.full_at = self.full_at.max(now) + self.cost_ms;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_granted_and_then_one_at_a_time() {
        let mut bucket = Bucket::new(3, 100);
        let mut take = |at| bucket.take(Millis(at));
        assert_eq!([take(1_000), take(1_000), take(1_000), take(1_000)], [true, true, true, false]);
        assert_eq!([take(1_099), take(1_100), take(1_100)], [false, true, false]);
        assert_eq!([take(9_000), take(9_000), take(9_000), take(9_000)], [true, true, true, false]);
    }
}
