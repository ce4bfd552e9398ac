//! What the shell configures, and the two clocks that it passes in.

use std::net::IpAddr;

use super::policy::Policy;
use crate::{limits::Rate, sansio::Millis};

/// Configuration of a [`TurnServer`](super::TurnServer).
#[derive(Debug, Clone)]
pub struct TurnConfig {
    /// IP addresses of relayed transport addresses, as peers see them; at most one per family.
    pub relay_addresses: Vec<IpAddr>,
    /// Which peers clients may reach.
    pub policy: Policy,
    /// Maximum number of allocations per user.
    pub max_per_user: usize,
    /// Maximum number of allocations per subscriber: an IPv4 address or an IPv6 /64 prefix. The fewer are
    /// free, the fewer a network may have; see [`Shares`](crate::limits::Shares).
    pub max_per_network: usize,
    /// Maximum number of allocations.
    pub max_allocations: usize,
    /// How long logins are valid at most. Unit: millisecond.
    pub login_ms: u64,
    /// Authenticated requests of a user.
    pub user_requests: Rate,
    /// Allocate requests of a user, counted among the others too.
    pub user_allocations: Rate,
    /// Authenticated requests of a subscriber; larger networks have more, see [`Rate`].
    pub network_requests: Rate,
    /// Allocate requests of a subscriber.
    pub network_allocations: Rate,
    /// What is relayed for a user, in each direction. Unit: bit per second. `None`: without limit.
    pub user_bandwidth: Option<u64>,
    /// What is relayed in all. Unit: bit per second. `None`: without limit.
    pub total_bandwidth: Option<u64>,
    /// Requests per second of one subscriber without authentication that are all answered. Of more, a part
    /// is.
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
