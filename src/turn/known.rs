//! The networks of users who hold a seat, by the id in their logins. What comes from there is probably real,
//! so floods of forged addresses do not delay it.

use std::{collections::HashMap, net::IpAddr};

use crate::limits::{Scope, network_of};

/// Users that are remembered. More are not: they have what everybody has.
const MAX_USERS: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct KnownNetworks {
    by_user: HashMap<String, IpAddr>,
    /// The number of users of each.
    users: HashMap<IpAddr, usize>,
}

impl KnownNetworks {
    /// This user holds a seat, at this address from now on.
    pub(super) fn insert(&mut self, id: &str, ip: IpAddr) {
        self.remove(id);
        if self.by_user.len() < MAX_USERS {
            let network = network_of(ip, Scope::Address);
            self.by_user.insert(id.to_owned(), network);
            *self.users.entry(network).or_default() += 1;
        }
    }

    /// This user holds a seat no longer.
    pub(super) fn remove(&mut self, id: &str) {
        let Some(network) = self.by_user.remove(id) else { return };
        let Some(users) = self.users.get_mut(&network) else { return };
        *users -= 1;
        if *users == 0 {
            self.users.remove(&network);
        }
    }

    /// Returns whether somebody at this address, or another one of the same subscriber, holds a seat.
    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        self.users.contains_key(&network_of(ip, Scope::Address))
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
    fn a_network_is_known_while_somebody_there_holds_a_seat() {
        let mut known = KnownNetworks::default();
        known.insert("ada", ip("192.0.2.1"));
        known.insert("ada", ip("192.0.2.1"));
        known.insert("bob", ip("192.0.2.1"));
        known.remove("ada");
        assert!(known.contains(ip("192.0.2.1")) && !known.contains(ip("192.0.2.2")));
        known.insert("bob", ip("2001:db8::1"));
        assert!(known.contains(ip("2001:db8::2")) && !known.contains(ip("192.0.2.1")), "after a move");
        known.remove("bob");
        known.remove("bob");
        assert!(known.by_user.is_empty() && known.users.is_empty());
    }

    #[test]
    fn it_is_bounded() {
        let mut known = KnownNetworks::default();
        for number in 0..30_000_u32 {
            known.insert(&number.to_string(), std::net::Ipv4Addr::from_bits(number).into());
        }
        assert_eq!((known.by_user.len(), known.users.len()), (MAX_USERS, MAX_USERS));
    }
}
