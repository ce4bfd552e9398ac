//! The limits of the TURN server. Pure.

use std::{net::IpAddr, time::Duration};

use super::settings::TurnSettings;
use crate::{limits::Rate, turn::TurnConfig};

/// Each allocation has a socket.
pub(super) const MAX_ALLOCATIONS: usize = 4_000;
/// Enough for an office that shares an address. [`Shares`](crate::limits::Shares) allows less.
const MAX_PER_NETWORK: usize = MAX_ALLOCATIONS / 4;
/// A user has a connection to each other person in the room. Each connection may allocate over several
/// transports and interfaces, and again after a change of network.
const ALLOCATIONS_PER_CONNECTION: u32 = 12;
/// Requests for an allocation at once: to create it, a permission and perhaps a channel for each of ten
/// candidates.
const REQUESTS_PER_ALLOCATION: u32 = 24;
/// An office that shares an address: rates of one subscriber as a multiple of those of one user.
const USERS_PER_NETWORK: u32 = 16;
/// Enough for an office that shares an address.
const UNAUTHENTICATED_PER_SECOND: u32 = 100;

/// Returns the configuration for rooms of so many people.
pub(super) fn config(
    settings: &TurnSettings,
    relay_addresses: Vec<IpAddr>,
    people: u32,
    login_lifetime: Duration,
    max_sockets: usize,
) -> TurnConfig {
    let most = ALLOCATIONS_PER_CONNECTION * people;
    // Everything once more at once, as after a change of network, and again every ten seconds.
    let allocations = Rate { per_second: most.div_ceil(10), burst: 2 * most };
    let requests = Rate {
        per_second: REQUESTS_PER_ALLOCATION * allocations.per_second,
        burst: REQUESTS_PER_ALLOCATION * allocations.burst,
    };
    TurnConfig {
        relay_addresses,
        policy: settings.policy,
        max_per_user: usize::try_from(most).unwrap_or(usize::MAX),
        max_per_network: MAX_PER_NETWORK,
        // A port serves one allocation, over both address families.
        max_allocations: MAX_ALLOCATIONS.min(settings.ports.len()).min(max_sockets / 2),
        login_ms: u64::try_from(login_lifetime.as_millis()).unwrap_or(u64::MAX),
        user_requests: requests,
        user_allocations: allocations,
        network_requests: many(requests),
        network_allocations: many(allocations),
        user_bandwidth: settings.bandwidth_per_person,
        total_bandwidth: settings.bandwidth,
        unauthenticated_per_second: UNAUTHENTICATED_PER_SECOND,
    }
}

fn many(of_user: Rate) -> Rate {
    Rate { per_second: USERS_PER_NETWORK * of_user.per_second, burst: USERS_PER_NETWORK * of_user.burst }
}
