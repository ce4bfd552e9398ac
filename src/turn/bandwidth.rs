//! How many bits a second are relayed: a leaky bucket (GCRA). Packets beyond it are dropped, as a narrow line
//! would drop them.

use crate::sansio::Millis;

/// What may come at once, as time at the sustained rate: the first pictures of several people.
const BURST_MICROS: u64 = 500_000;

/// The use of a limit.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// When it will be empty. Unit: microsecond.
    empty_at: u64,
}

impl Bucket {
    /// Returns whether a packet of so many bytes may pass, and counts it then. Without a limit every packet
    /// may.
    pub(super) fn takes(&mut self, now: Millis, bytes: usize, bits_per_second: Option<u64>) -> bool {
        let Some(rate) = bits_per_second else { return true };
        let now = now.0.saturating_mul(1_000);
        let cost = (bytes as u64).saturating_mul(8_000_000) / rate.max(1);
        let empty_at = self.empty_at.max(now);
        if empty_at - now > BURST_MICROS {
            return false;
        }
        self.empty_at = empty_at.saturating_add(cost);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_sustained_rate() {
        let mut bucket = Bucket::default();
        // A packet of 1,000 bytes takes 8 ms.
        let rate = Some(1_000_000);
        let passed = (0..1_000).filter(|_| bucket.takes(Millis(7), 1_000, rate)).count();
        assert_eq!(passed, 63);
        let passed = (1_000..11_000).filter(|ms| bucket.takes(Millis(*ms), 1_000, rate)).count();
        assert_eq!(passed, 63 + 10_000 / 8);
        assert!((0..1_000).all(|_| bucket.takes(Millis(0), 60_000, None)));
    }
}
