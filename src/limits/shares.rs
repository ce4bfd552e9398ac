//! How much of something scarce each network holds: sockets, allocations.
//!
//! A network may hold up to a fraction of what is *free* ("dynamic thresholds", Choudhury and Hahne, 1998):
//! each greedy network leaves most of the rest to others, and the more is taken the less each may add.
//! Of 4,000, one address takes 235, one site 444; 45 greedy sites leave a few. A fixed maximum would have to
//! be low to leave as much.

use std::{collections::HashMap, net::IpAddr};

use super::network::{Network, Scope, networks_of};

/// What a network may hold as long as any is free: enough for one person.
const FLOOR: usize = 4;

/// What each network holds of a total.
#[derive(Debug)]
pub struct Shares {
    total: usize,
    /// The largest number for one address, whatever is free.
    max_per_address: usize,
    held: usize,
    /// At most three entries for each thing that is held.
    by_network: HashMap<Network, usize>,
}

impl Shares {
    /// Returns shares of this total of which nothing is held.
    pub fn new(total: usize, max_per_address: usize) -> Self {
        Self { total, max_per_address, held: 0, by_network: HashMap::new() }
    }

    /// Takes one for this address. An error says which network holds too much.
    pub fn take(&mut self, ip: IpAddr) -> Result<(), Scope> {
        self.check(ip)?;
        self.held += 1;
        for network in networks_of(ip) {
            *self.by_network.entry(network).or_default() += 1;
        }
        Ok(())
    }

    /// Takes one for somebody who counts in the total only.
    pub fn take_exempt(&mut self) -> Result<(), Scope> {
        if self.held >= self.total {
            return Err(Scope::All);
        }
        self.held += 1;
        Ok(())
    }

    /// Returns one that was taken by [`Self::take_exempt`].
    pub fn give_back_exempt(&mut self) {
        self.held = self.held.saturating_sub(1);
    }

    /// Returns one that this address has taken.
    pub fn give_back(&mut self, ip: IpAddr) {
        self.held = self.held.saturating_sub(1);
        for network in networks_of(ip) {
            let Some(count) = self.by_network.get_mut(&network) else { continue };
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    /// Returns whether this address, or another one of the same subscriber, holds one.
    pub fn holds(&self, ip: IpAddr) -> bool {
        networks_of(ip).next().is_some_and(|network| self.by_network.contains_key(&network))
    }

    /// Returns the number that is held in all.
    pub fn held(&self) -> usize {
        self.held
    }

    fn check(&self, ip: IpAddr) -> Result<(), Scope> {
        let free = self.total.saturating_sub(self.held);
        if free == 0 {
            return Err(Scope::All);
        }
        for network in networks_of(ip) {
            let count = self.by_network.get(&network).copied().unwrap_or_default();
            let (scope, _) = network;
            let limit = match scope {
                Scope::Address => self.max_per_address.min((free / 16).max(FLOOR)),
                Scope::Site => (free / 8).max(FLOOR),
                Scope::Wide | Scope::All => (free / 4).max(FLOOR),
            };
            if count >= limit {
                return Err(scope);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn v4(site: usize, host: u8) -> IpAddr {
        let [_, a, b, c] = u32::try_from(site).unwrap().to_be_bytes();
        [10 + a, b, c, host].into()
    }

    /// Takes for this address until it is refused.
    fn exhaust(shares: &mut Shares, ip: IpAddr) -> (usize, Scope) {
        let mut taken = 0;
        loop {
            match shares.take(ip) {
                Ok(()) => taken += 1,
                Err(scope) => return (taken, scope),
            }
        }
    }

    #[test]
    fn one_address_gets_a_seventeenth_and_one_site_a_ninth() {
        let mut shares = Shares::new(4_000, 4_000);
        assert_eq!(exhaust(&mut shares, [192, 0, 2, 1].into()), (235, Scope::Address));
        let others: usize = (2..=9).map(|host| exhaust(&mut shares, [192, 0, 2, host].into()).0).sum();
        assert_eq!(235 + others, 444);
        assert_eq!(shares.take([192, 0, 2, 10].into()), Err(Scope::Site));
    }

    #[test]
    fn a_48_prefix_gets_a_fifth() {
        let mut shares = Shares::new(4_000, 4_000);
        let address =
            |site: u16, subnet: u16| IpAddr::from([0x2001, 0xDB8, 1, site << 8 | subnet, 0, 0, 0, 1]);
        let taken: usize = (0..64)
            .flat_map(|site| (0..4).map(move |subnet| address(site, subnet)))
            .map(|ip| exhaust(&mut shares, ip).0)
            .sum();
        assert_eq!(taken, 800);
        assert_eq!(shares.take(address(99, 0)), Err(Scope::Wide));
        assert_eq!(shares.take([0x2001, 0xDB8, 2, 0, 0, 0, 0, 1].into()), Ok(()));
    }

    #[test]
    fn the_maximum_holds_whatever_is_free() {
        let mut shares = Shares::new(1_000, 3);
        assert_eq!(exhaust(&mut shares, [192, 0, 2, 1].into()), (3, Scope::Address));
        assert!(shares.holds([192, 0, 2, 1].into()) && !shares.holds([192, 0, 2, 2].into()));
        shares.give_back([192, 0, 2, 1].into());
        assert_eq!(shares.take([192, 0, 2, 1].into()), Ok(()));
    }

    #[test]
    fn the_exempt_count_in_the_total_alone() {
        let mut shares = Shares::new(10, 10);
        for _ in 0..10 {
            assert_eq!(shares.take_exempt(), Ok(()));
        }
        assert_eq!(shares.take_exempt(), Err(Scope::All));
        assert_eq!(shares.take([192, 0, 2, 1].into()), Err(Scope::All));
        shares.give_back_exempt();
        assert_eq!(shares.take([192, 0, 2, 1].into()), Ok(()));
    }

    proptest! {
        #[test]
        fn greedy_sites_leave_room_for_a_newcomer(sites in 1_usize..46) {
            let mut shares = Shares::new(4_000, 4_000);
            for site in 0..sites {
                for host in 1..=4 {
                    exhaust(&mut shares, v4(site, host));
                }
            }
            for _ in 0..FLOOR {
                prop_assert_eq!(shares.take(v4(sites, 1)), Ok(()));
            }
        }

        #[test]
        fn what_is_given_back_can_be_taken_again(sites in prop::collection::vec(0_usize..20, 0..200)) {
            let mut shares = Shares::new(100, 100);
            let takes = sites.into_iter().map(|site| v4(site, 1));
            let held: Vec<_> = takes.filter(|ip| shares.take(*ip).is_ok()).collect();
            prop_assert_eq!(shares.held(), held.len());
            for ip in held {
                shares.give_back(ip);
            }
            prop_assert_eq!(shares.held(), 0);
            prop_assert!(shares.by_network.is_empty());
        }
    }
}
