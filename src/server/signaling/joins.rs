//! How often a network may join rooms. [`super::driver`] asks before each join without a valid token.
//!
//! Whoever tries names finds nobody, mostly. So joins that find nobody are fewer than joins: an office joins
//! its meetings all at once, and tries few names.

use std::net::IpAddr;

use crate::{
    limits::{Rate, Rates, Scope},
    sansio::Millis,
};

/// So many seconds of the sustained rate may come at once.
const BURST_SECONDS: u32 = 10;
/// Of so many joins per second, one may find nobody; at once, of two.
const MISSES: (u32, u32) = (10, 2);

/// The joins of each network.
#[derive(Debug)]
pub(super) struct JoinLimits {
    joins: Rates,
    misses: Rates,
}

impl JoinLimits {
    /// For so many joins of one address per second. `seed` is secret.
    pub(super) fn new(per_second: u32, seed: u64) -> Self {
        let burst = per_second.saturating_mul(BURST_SECONDS);
        let (sustained, at_once) = MISSES;
        let misses = Rate { per_second: per_second.div_ceil(sustained), burst: burst / at_once };
        Self {
            joins: Rates::new(Rate { per_second, burst }, seed),
            misses: Rates::new(misses, seed.rotate_left(32)),
        }
    }

    /// Counts a join. An error says which network joins, or finds nobody, too often.
    pub(super) fn take(&mut self, now: Millis, ip: IpAddr) -> Result<(), Scope> {
        self.misses.check(now, ip)?;
        self.joins.take(now, ip)
    }

    /// The join that was just counted found nobody.
    pub(super) fn missed(&mut self, now: Millis, ip: IpAddr) {
        self.misses.count(now, ip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(limits: &mut JoinLimits, misses: bool, at: Millis) -> usize {
        let ip = [192, 0, 2, 1].into();
        let mut join = || {
            limits.take(at, ip).ok()?;
            misses.then(|| limits.missed(at, ip));
            Some(())
        };
        (0..1_000).filter_map(|_| join()).count()
    }

    #[test]
    fn an_office_joins_at_once_and_nobody_tries_many_names() {
        let mut office = JoinLimits::new(20, 7);
        assert_eq!(granted(&mut office, false, Millis(0)), 200);
        assert_eq!(granted(&mut office, false, Millis(1_000)), 20);
        let mut guessing = JoinLimits::new(20, 7);
        assert_eq!(granted(&mut guessing, true, Millis(0)), 100);
        assert_eq!(granted(&mut guessing, true, Millis(1_000)), 2);
        assert_eq!(guessing.take(Millis(1_000), [198, 51, 100, 1].into()), Ok(()));
    }
}
