//! The rate limit of responses to unauthenticated clients. Their source addresses may be forged, so that
//! responses hit a victim.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::IpAddr,
};

use crate::sansio::Millis;

/// Two networks share a counter with a probability of 1 in 4,096.
const COUNTERS: usize = 4_096;

/// Counts the responses of the current second by hashed network, in constant memory.
#[derive(Debug)]
pub(super) struct UnauthenticatedLimiter {
    per_second: u32,
    second: u64,
    counters: Vec<u32>,
    /// Secret, so that nobody can choose a network that shares a victim's counter.
    seed: u64,
}

impl UnauthenticatedLimiter {
    pub(super) fn new(per_second: u32, seed: u64) -> Self {
        Self { per_second, second: 0, counters: vec![0; COUNTERS], seed }
    }

    /// Counts a response to this address. Returns whether it may be sent.
    pub(super) fn allows(&mut self, now: Millis, ip: IpAddr) -> bool {
        let second = now.0 / 1_000;
        if second != self.second {
            self.second = second;
            self.counters.fill(0);
        }
        let mut hasher = DefaultHasher::new();
        (self.seed, network(ip)).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % COUNTERS as u64).unwrap_or_default();
        let Some(count) = self.counters.get_mut(place).filter(|count| **count < self.per_second) else {
            return false;
        };
        *count += 1;
        true
    }
}

/// Returns what identifies a subscriber: an IPv4 address, or the /64 prefix of an IPv6 address.
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
        let mut limiter = UnauthenticatedLimiter::new(2, 7);
        let mut answered = |ms, address| limiter.allows(Millis(ms), ip(address));
        assert!(answered(0, "192.0.2.1"));
        assert!(answered(500, "192.0.2.1"));
        assert!(!answered(999, "192.0.2.1"));
        assert!(answered(1_000, "192.0.2.1"));
        assert!(answered(1_000, "2001:db8::1"));
        assert!(answered(1_000, "2001:db8::2"));
        assert!(!answered(1_000, "2001:db8::3"));
    }
}
