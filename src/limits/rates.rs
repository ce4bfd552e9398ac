//! How often each network, or somebody with a name, may ask: GCRA (a leaky bucket, ITU-T I.371) in constant
//! memory.
//!
//! Counters are found by hash, several for each network; a network is refused only if all of them are over
//! the limit. So a network is rarely refused for what others did, and nobody can choose addresses that share
//! a victim's counters, because the hash has a secret seed. A map of networks would grow with forged
//! addresses.

use std::{
    hash::{DefaultHasher, Hash, Hasher as _},
    net::IpAddr,
};

use super::network::{Scope, networks_of};
use crate::sansio::Millis;

/// Counters that a network has.
const ROWS: usize = 3;
/// Counters in a row. A greedy network has one of each row; that a given other one shares all three with 100
/// greedy ones has a probability of 1 in 70,000.
const ROW: usize = 4_096;

/// A sustained rate, and how much may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Per second, for one address. A site has four times as much, a wide network sixteen times.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
}

/// The use of a rate by each network.
#[derive(Debug)]
pub struct Rates {
    rate: Rate,
    /// Secret.
    seed: u64,
    /// For each counter, when its bucket will be empty. Unit: microseconds.
    empty_at: Vec<u64>,
}

impl Rates {
    /// Returns unused rates.
    pub fn new(rate: Rate, seed: u64) -> Self {
        Self { rate, seed, empty_at: vec![0; ROWS * ROW] }
    }

    /// Counts one request of this address. An error says which network asks too often; then it is not
    /// counted.
    pub fn take(&mut self, now: Millis, ip: IpAddr) -> Result<(), Scope> {
        self.check(now, ip)?;
        self.count(now, ip);
        Ok(())
    }

    /// Returns what [`Self::take`] would return, and counts nothing.
    pub fn check(&self, now: Millis, ip: IpAddr) -> Result<(), Scope> {
        let over = networks_of(ip).map(|(scope, _)| scope).find(|scope| !self.has(now, ip, *scope));
        over.map_or(Ok(()), Err)
    }

    /// Counts one request that was granted before it was known what it is.
    pub fn count(&mut self, now: Millis, ip: IpAddr) {
        for (scope, network) in networks_of(ip) {
            self.add(now, self.places((scope, network)), self.cost(scope));
        }
    }

    /// Counts one request of whoever has this name, at the rate of one address. Returns whether it is
    /// granted; then it is counted.
    pub fn take_named(&mut self, now: Millis, name: &str) -> bool {
        let granted = self.has_named(now, name);
        if granted {
            self.add(now, self.places(name), self.cost(Scope::Address));
        }
        granted
    }

    /// Returns what [`Self::take_named`] would return, and counts nothing.
    pub fn has_named(&self, now: Millis, name: &str) -> bool {
        self.has_at(now, self.places(name), Scope::Address)
    }

    fn add(&mut self, now: Millis, places: [usize; ROWS], cost: u64) {
        for place in places {
            if let Some(empty_at) = self.empty_at.get_mut(place) {
                *empty_at = (*empty_at).max(micros(now)).saturating_add(cost);
            }
        }
    }

    fn has(&self, now: Millis, ip: IpAddr, scope: Scope) -> bool {
        self.has_at(now, self.places((scope, super::network_of(ip, scope))), scope)
    }

    fn has_at(&self, now: Millis, places: [usize; ROWS], scope: Scope) -> bool {
        let cost = self.cost(scope);
        let tolerance = cost.saturating_mul(u64::from(self.rate.burst.max(1)) * factor(scope));
        let latest = micros(now).saturating_add(tolerance);
        places.iter().any(|place| {
            self.empty_at
                .get(*place)
                .is_some_and(|empty_at| (*empty_at).max(micros(now)).saturating_add(cost) <= latest)
        })
    }

    /// Returns the time in which a request leaves the bucket of such a network. Unit: microseconds.
    fn cost(&self, scope: Scope) -> u64 {
        1_000_000 / (u64::from(self.rate.per_second.max(1)) * factor(scope))
    }

    fn places(&self, whose: impl Hash) -> [usize; ROWS] {
        let mut hasher = DefaultHasher::new();
        (self.seed, whose).hash(&mut hasher);
        let hash = hasher.finish();
        std::array::from_fn(|row| {
            let bits = (hash >> (row * 12)) & (ROW as u64 - 1);
            row * ROW + usize::try_from(bits).unwrap_or_default()
        })
    }
}

fn factor(scope: Scope) -> u64 {
    match scope {
        Scope::Address => 1,
        Scope::Site => 4,
        Scope::Wide | Scope::All => 16,
    }
}

fn micros(now: Millis) -> u64 {
    now.0.saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 20 };

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of these requests, one per millisecond, are granted.
    fn granted(rates: &mut Rates, from: u64, count: u64, ip: impl Fn(u64) -> IpAddr) -> usize {
        (0..count).filter(|at| rates.take(Millis(from + at), ip(*at)).is_ok()).count()
    }

    #[test]
    fn an_address_has_a_burst_and_then_the_sustained_rate() {
        let mut rates = Rates::new(RATE, 7);
        let ada = |_| ip("192.0.2.1");
        assert_eq!((0..100).filter(|_| rates.take(Millis(5), ada(0)).is_ok()).count(), 20);
        assert_eq!(rates.take(Millis(5), ada(0)), Err(Scope::Address));
        assert_eq!(granted(&mut rates, 6, 10_000, ada), 100);
        assert_eq!(rates.take(Millis(10_006), ip("198.51.100.1")), Ok(()));
    }

    #[test]
    fn what_is_checked_first_is_counted_when_it_is_known() {
        let mut rates = Rates::new(RATE, 7);
        let ada = ip("192.0.2.1");
        for _ in 0..20 {
            assert_eq!(rates.check(Millis(5), ada), Ok(()));
            rates.count(Millis(5), ada);
        }
        assert_eq!(rates.check(Millis(5), ada), Err(Scope::Address));
        assert_eq!(rates.check(Millis(105), ada), Ok(()), "after the time of one");
    }

    #[test]
    fn a_site_has_four_times_as_much_and_a_48_prefix_sixteen_times() {
        let mut rates = Rates::new(RATE, 7);
        let in_a_24 = |at| IpAddr::from([192, 0, 2, u8::try_from(at % 250).unwrap()]);
        assert_eq!(granted(&mut rates, 0, 1_000, in_a_24), 80 + 39);
        let in_a_48 = |at| IpAddr::from([0x2001, 0xDB8, 1, u16::try_from(at).unwrap(), 0, 0, 0, 1]);
        assert_eq!(granted(&mut rates, 0, 60_000, in_a_48), 320 + 9_599);
        assert!(rates.take(Millis(60_000), ip("2001:db8:2::1")).is_ok());
    }

    #[test]
    fn others_are_not_refused_for_what_many_greedy_networks_do() {
        let mut rates = Rates::new(RATE, 7);
        let greedy = |at: u64| IpAddr::from([10, 0, u8::try_from(at % 100).unwrap(), 1]);
        granted(&mut rates, 0, 20_000, greedy);
        let newcomers = (0_u8..=255).flat_map(|b| (0_u8..4).map(move |c| IpAddr::from([11, b, c, 1])));
        let refused = newcomers.filter(|ip| rates.take(Millis(20_000), *ip).is_err()).count();
        assert!(refused <= 1, "{refused} of 1,024");
    }

    #[test]
    fn a_name_has_what_an_address_has() {
        let mut rates = Rates::new(RATE, 7);
        assert_eq!((0..100).filter(|_| rates.take_named(Millis(5), "ada")).count(), 20);
        assert!(rates.has_named(Millis(5), "ben") && !rates.has_named(Millis(5), "ada"));
        assert!(rates.take_named(Millis(5), "ben"));
        assert!(rates.take_named(Millis(105), "ada"));
        assert!(!rates.take_named(Millis(105), "ada"));
    }

    #[test]
    fn time_that_stands_still_or_is_late_does_no_harm() {
        let mut rates = Rates::new(Rate { per_second: 0, burst: 0 }, 7);
        assert!(rates.take(Millis(u64::MAX), ip("192.0.2.1")).is_ok());
        assert!(rates.take(Millis(0), ip("192.0.2.1")).is_err());
    }
}
