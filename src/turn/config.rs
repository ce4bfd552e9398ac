//! What the shell configures, and the two clocks that it passes in.

use std::net::IpAddr;

use super::policy::Policy;
use crate::sansio::Millis;

/// Configuration of a [`TurnServer`](super::TurnServer).
#[derive(Debug, Clone)]
pub struct TurnConfig {
    /// IP addresses of relayed transport addresses, as peers see them; at most one per family.
    pub relay_addresses: Vec<IpAddr>,
    /// Which peers clients may reach.
    pub policy: Policy,
    /// Maximum number of allocations per user.
    pub max_per_user: usize,
    /// Maximum number of allocations per subscriber: an IPv4 address or an IPv6 /64 prefix.
    pub max_per_network: usize,
    /// Maximum number of allocations.
    pub max_allocations: usize,
    /// Maximum number of responses per second to unauthenticated clients of one subscriber.
    pub unauthenticated_per_second: u32,
}

/// Both clocks of the machine.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Monotonic, for deadlines.
    pub steady: Millis,
    /// Wall clock, for logins and nonces. Unit: seconds since 1970.
    pub unix: u64,
}
