//! The rate limit of responses to unauthenticated clients. Their source addresses may be forged: then the
//! responses hit a victim, and the requests count as the victim's.
//!
//! So nobody is refused for sure. Up to 100 requests per second of one subscriber are all answered; of more,
//! every second one, chosen at random; and so few of very many that the responses stay below [`MOST`] per
//! second. Whoever is flooded with forged requests still gets a response with a probability of 1/2 for each
//! try, of 99.2 % within the seven tries of RFC 8489, section 6.2.1. To bring that below 1/2, a forger has to
//! send 21,000 packets per second for one victim, ten times as many if the victim is known: has an allocation
//! or holds a seat.
//!
//! Known subscribers have counters of their own, which forged addresses of others do not raise, however many.
//!
//! What a victim receives: a response of 56 bytes, 84 with the headers of IPv4 and UDP, for a request of 20,
//! 48 with headers, is the largest gain. Up to 100 requests per second that is 8.4 kB per second for 4.8
//! sent, beyond that 0.9 of what the forger sends, and never more than 184 kB per second, ten times that for
//! a known victim.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::IpAddr,
};

use crate::{
    limits::{Scope, network_of},
    sansio::Millis,
};

/// Of known networks, and as many of others. Two networks share a counter with a probability of 1 in 4,096.
const COUNTERS: usize = 4_096;
/// Responses per second to one subscriber.
const MOST: u32 = 2_000;
/// The same for a known one, whose clients are probably real.
const MOST_IF_KNOWN: u32 = 10 * MOST;

/// Counts requests by hashed network, in constant memory.
#[derive(Debug)]
pub(super) struct UnauthenticatedLimiter {
    /// Requests per second that are all answered.
    free: u32,
    second: u64,
    /// Requests of this second and of the one before: of known networks, then of others.
    counters: Vec<[u32; 2]>,
    /// Secret, so that nobody can choose a network that shares a victim's counter.
    seed: u64,
    rng: fastrand::Rng,
}

impl UnauthenticatedLimiter {
    pub(super) fn new(free: u32, seed: u64) -> Self {
        let rng = fastrand::Rng::with_seed(seed);
        Self { free, second: 0, counters: vec![[0; 2]; 2 * COUNTERS], seed, rng }
    }

    /// Counts a request from this address. Returns whether it is answered. `is_known`: the subscriber has an
    /// allocation or holds a seat.
    pub(super) fn allows(&mut self, now: Millis, ip: IpAddr, is_known: bool) -> bool {
        self.advance(now.0 / 1_000);
        let mut hasher = DefaultHasher::new();
        (self.seed, network_of(ip, Scope::Address)).hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % COUNTERS as u64).unwrap_or_default();
        let place = if is_known { place } else { COUNTERS + place };
        let Some([current, before]) = self.counters.get_mut(place) else { return false };
        *current = current.saturating_add(1);
        let rate = (*current).max(*before);
        if rate <= self.free {
            return true;
        }
        let most = if is_known { MOST_IF_KNOWN } else { MOST };
        self.rng.u32(..rate) < most.min(rate / 2)
    }

    fn advance(&mut self, second: u64) {
        if second == self.second {
            return;
        }
        let is_next = second == self.second + 1;
        for [current, before] in &mut self.counters {
            *before = if is_next { *current } else { 0 };
            *current = 0;
        }
        self.second = second;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const VICTIM: [u8; 4] = [192, 0, 2, 1];

    /// How many of so many requests per second are answered in the tenth second.
    fn answered(per_second: u64, is_known: bool) -> u64 {
        let mut limiter = UnauthenticatedLimiter::new(100, 7);
        let mut in_second = |second: u64| {
            let at = |number| Millis(second * 1_000 + number * 1_000 / per_second);
            (0..per_second).filter(|number| limiter.allows(at(*number), VICTIM.into(), is_known)).count()
        };
        (0..10).map(&mut in_second).last().unwrap() as u64
    }

    #[test]
    fn few_are_all_answered_and_of_many_half() {
        assert_eq!(answered(100, false), 100);
        assert!((60..90).contains(&answered(150, false)), "{}", answered(150, false));
        assert!((1_400..1_600).contains(&answered(3_000, false)), "{}", answered(3_000, false));
    }

    #[test]
    fn the_answers_to_one_victim_are_bounded() {
        for per_second in [10_000, 100_000] {
            let found = answered(per_second, false);
            assert!((1_800..2_200).contains(&found), "{found}");
        }
        assert!((4_800..5_200).contains(&answered(10_000, true)), "{}", answered(10_000, true));
    }

    #[test]
    fn a_victim_of_forged_requests_gets_an_answer_to_one_of_seven_tries() {
        let mut limiter = UnauthenticatedLimiter::new(100, 7);
        let mut unanswered = 0;
        for transaction in 0_u64..500 {
            // Seven tries, a second apart, among 1,500 forged requests per second.
            let tries: Vec<bool> = (0..7)
                .map(|attempt| {
                    let now = Millis((transaction * 7 + attempt) * 1_000);
                    for _ in 0..1_500 {
                        limiter.allows(now, VICTIM.into(), false);
                    }
                    limiter.allows(now, VICTIM.into(), false)
                })
                .collect();
            unanswered += usize::from(!tries.contains(&true));
        }
        assert!(unanswered <= 12, "{unanswered} of 500");
    }

    #[test]
    fn forged_addresses_of_any_number_make_no_known_network_wait() {
        let mut limiter = UnauthenticatedLimiter::new(10, 7);
        for number in 0_u32..200_000 {
            limiter.allows(Millis(0), IpAddr::from(number.to_be_bytes()), false);
        }
        let answered = |limiter: &mut UnauthenticatedLimiter, is_known| {
            (0..10).filter(|_| limiter.allows(Millis(0), VICTIM.into(), is_known)).count()
        };
        assert_eq!(answered(&mut limiter, true), 10);
        assert!(answered(&mut limiter, false) < 10, "others get half");
    }

    #[test]
    fn others_are_answered_meanwhile() {
        let mut limiter = UnauthenticatedLimiter::new(100, 7);
        assert!((0..10_000).filter(|_| limiter.allows(Millis(0), VICTIM.into(), false)).count() < 5_000);
        let others = (0_u8..=255).map(|host| IpAddr::from([198, 51, 100, host]));
        assert!(others.filter(|ip| !limiter.allows(Millis(0), *ip, false)).count() <= 1);
        assert!(limiter.allows(Millis(2_000), VICTIM.into(), false), "after a pause");
    }
}
