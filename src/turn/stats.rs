//! Counters since the start.

/// Why something was refused or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A request without valid credentials. The first of every client is.
    Unauthorized,
    /// A request that is too long.
    Length,
    /// A request without authentication that was not answered, because too many came from its network.
    Rate,
    /// A request beyond the rate of its user.
    UserRate,
    /// A request beyond the rate of its network.
    NetworkRate,
    /// A request for a peer, or a packet to it, that the policy forbids.
    Forbidden,
    /// An allocation beyond the quota of its user.
    Quota,
    /// An allocation beyond the share of its network.
    Network,
    /// An allocation beyond the number of all, or for which no socket could be opened.
    Full,
    /// An allocation of a user whose right has ended.
    Ended,
    /// A packet beyond the bandwidth of a user.
    Bandwidth,
    /// A packet beyond the bandwidth of all.
    TotalBandwidth,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Unauthorized,
        Self::Length,
        Self::Rate,
        Self::UserRate,
        Self::NetworkRate,
        Self::Forbidden,
        Self::Quota,
        Self::Network,
        Self::Full,
        Self::Ended,
        Self::Bandwidth,
        Self::TotalBandwidth,
    ];

    /// Returns the name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Length => "length",
            Self::Rate => "rate",
            Self::UserRate => "user_rate",
            Self::NetworkRate => "network_rate",
            Self::Forbidden => "forbidden",
            Self::Quota => "quota",
            Self::Network => "network",
            Self::Full => "full",
            Self::Ended => "ended",
            Self::Bandwidth => "bandwidth",
            Self::TotalBandwidth => "total_bandwidth",
        }
    }
}

/// Counters since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Allocations created.
    pub allocations: u64,
    /// Payload bytes from clients to peers.
    pub bytes_to_peers: u64,
    /// Payload bytes from peers to clients.
    pub bytes_to_clients: u64,
    refused: [u64; Refusal::ALL.len()],
}

impl Stats {
    /// Returns how much was refused for this reason.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.refused.get(reason as usize).copied().unwrap_or_default()
    }

    pub(super) fn refuse(&mut self, reason: Refusal) {
        if let Some(count) = self.refused.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
