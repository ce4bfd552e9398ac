//! How many answers strangers get. An address that is named as the sender of what it has never sent must not be flooded
//! with them.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::IpAddr,
};

use crate::sansio::Millis;

/// Addresses share a count by chance; of each the chance is one in this.
const COUNTS: usize = 4_096;

/// Answers in the current second, by address. Of a fixed size, whoever asks.
#[derive(Debug)]
pub(super) struct Strangers {
    per_second: u32,
    second: u64,
    counts: Vec<u32>,
    /// Who does not know it cannot choose whom to share a count with.
    seed: u64,
}

impl Strangers {
    pub(super) fn new(per_second: u32, seed: u64) -> Self {
        Self { per_second, second: 0, counts: vec![0; COUNTS], seed }
    }

    /// Whether somebody who says to be at this address gets one more answer.
    pub(super) fn may_answer(&mut self, now: Millis, ip: IpAddr) -> bool {
        let second = now.0 / 1_000;
        if second != self.second {
            self.second = second;
            self.counts.fill(0);
        }
        let mut hasher = DefaultHasher::new();
        (self.seed, network(ip)).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % COUNTS as u64).unwrap_or_default();
        let Some(count) = self.counts.get_mut(place).filter(|count| **count < self.per_second) else {
            return false;
        };
        *count += 1;
        true
    }
}

/// What one subscriber has: an address, or in IPv6 the first half of one.
pub(super) fn network(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_network_gets_so_many_answers_in_a_second() {
        let mut strangers = Strangers::new(2, 7);
        let mut answered = |ms, address| strangers.may_answer(Millis(ms), ip(address));
        assert!(answered(0, "192.0.2.1"));
        assert!(answered(500, "192.0.2.1"));
        assert!(!answered(999, "192.0.2.1"));
        assert!(answered(1_000, "192.0.2.1"));
        assert!(answered(1_000, "2001:db8::1"));
        assert!(answered(1_000, "2001:db8::2"));
        assert!(!answered(1_000, "2001:db8::3"));
    }
}
