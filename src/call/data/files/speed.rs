//! How fast a transfer goes.

use std::collections::VecDeque;

use crate::sansio::Millis;

/// Over how long it is measured, and how often. Unit: millisecond.
const SPAN_MS: u64 = 5_000;
const STEP_MS: u64 = 250;
/// Before this no speed is known. Unit: millisecond.
const SETTLE_MS: u64 = 750;

/// The speed of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Speed(VecDeque<(Millis, u64)>);

impl Speed {
    /// So many bytes of the file are there now.
    pub(super) fn observe(&mut self, now: Millis, bytes: u64) {
        if self.0.back().is_some_and(|(at, _)| now.since(*at) < STEP_MS) {
            return;
        }
        self.0.push_back((now, bytes));
        while self.0.front().is_some_and(|(at, _)| now.since(*at) > SPAN_MS) {
            self.0.pop_front();
        }
    }

    /// The transfer stands still: what comes after it is measured anew.
    pub(super) fn reset(&mut self) {
        self.0.clear();
    }

    /// Bytes per second, once that is known.
    pub(super) fn get(&self, now: Millis, bytes: u64) -> Option<u64> {
        let (since, from) = self.0.front()?;
        let ms = now.since(*since);
        (ms >= SETTLE_MS).then(|| bytes.saturating_sub(*from).saturating_mul(1_000) / ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_last_seconds() {
        let mut speed = Speed::default();
        assert_eq!(speed.get(Millis(0), 0), None);
        for step in 0..100 {
            speed.observe(Millis(step * 100), step * 1_000);
        }
        assert_eq!(speed.get(Millis(9_900), 99_000), Some(10_000));
        assert!(speed.0.len() <= 22);
        for step in 0..60 {
            speed.observe(Millis(10_000 + step * 100), 100_000);
        }
        assert_eq!(speed.get(Millis(15_900), 100_000), Some(0));
        speed.reset();
        assert_eq!(speed.get(Millis(16_000), 100_000), None);
    }
}
