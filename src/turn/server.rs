//! The state of the server, and its allocations from creation to deletion. Requests are handled in
//! [`super::requests`], packets in [`super::relaying`].

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
};

use ipnet::IpNet;

use super::{
    allocation::{Allocation, PendingAllocation, RelayedSocket},
    config::{Now, TurnConfig},
    credentials::{Secret, parse_username},
    message::{Class, ErrorCode, Method, Writer, attribute},
    sockets::{AllocationPort, ClientSocket},
    unauthenticated::UnauthenticatedLimiter,
};
use crate::sansio::{Deadlines, Millis};

/// Counters since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Allocations created.
    pub allocations: u64,
    /// Requests without valid credentials.
    pub unauthorized: u64,
    /// Unauthenticated requests that were not answered because of the rate limit.
    pub unanswered: u64,
    /// Requests rejected because of the peer policy.
    pub forbidden: u64,
    /// Allocations refused because of a quota, or because no port was free.
    pub over_quota: u64,
    /// Payload bytes from clients to peers.
    pub bytes_to_peers: u64,
    /// Payload bytes from peers to clients.
    pub bytes_to_clients: u64,
}

/// A TURN server. `R` is the shell's handle of a relayed socket.
#[derive(Debug)]
pub struct TurnServer<R> {
    pub(super) config: TurnConfig,
    pub(super) secret: Secret,
    pub(super) allocations: HashMap<ClientSocket, Allocation<R>>,
    pub(super) pending: HashMap<ClientSocket, PendingAllocation>,
    /// The client behind each relayed transport address.
    pub(super) by_relayed_address: HashMap<SocketAddr, ClientSocket>,
    /// The number of allocations per user, by the id in the user name.
    pub(super) users: HashMap<String, usize>,
    pub(super) deadlines: Deadlines<ClientSocket>,
    deleted: Vec<ClientSocket>,
    /// The number of Data indications sent.
    pub(super) indications: u64,
    /// IP addresses of relayed addresses: the current ones, and older ones that allocations still use.
    relay_addresses: Vec<IpAddr>,
    /// Every address of this machine, with its network.
    pub(super) own_networks: Vec<IpNet>,
    pub(super) unauthenticated: UnauthenticatedLimiter,
    pub(super) stats: Stats,
}

impl<R> TurnServer<R> {
    /// Returns a server without allocations. It accepts logins made with `secret`.
    pub fn new(config: TurnConfig, secret: Secret) -> Self {
        let unauthenticated = UnauthenticatedLimiter::new(config.unauthenticated_per_second, secret.seed());
        Self {
            relay_addresses: config.relay_addresses.clone(),
            config,
            secret,
            allocations: HashMap::new(),
            pending: HashMap::new(),
            by_relayed_address: HashMap::new(),
            users: HashMap::new(),
            deadlines: Deadlines::default(),
            deleted: Vec::new(),
            indications: 0,
            own_networks: Vec::new(),
            unauthenticated,
            stats: Stats::default(),
        }
    }

    /// Sets the IP addresses of new allocations. Existing allocations keep theirs. Each call forgets older
    /// addresses that no allocation uses any more.
    pub fn set_relay_addresses(&mut self, addresses: Vec<IpAddr>) {
        let in_use = self.by_relayed_address.keys().map(SocketAddr::ip);
        let all = addresses.iter().copied().chain(in_use);
        self.relay_addresses = all.collect::<BTreeSet<_>>().into_iter().collect();
        self.config.relay_addresses = addresses;
    }

    /// Returns the IP address of a new allocation of this family.
    pub fn relay_address(&self, is_v4: bool) -> Option<IpAddr> {
        self.config.relay_addresses.iter().find(|ip| ip.is_ipv4() == is_v4).copied()
    }

    /// Sets every address of this machine, each with its network. Peers may be neither this machine, whose
    /// other services may be behind a firewall, nor its neighbours.
    pub fn set_own_networks(&mut self, networks: Vec<IpNet>) {
        self.own_networks = networks;
    }

    /// Completes an Allocate request with the sockets that the shell has opened; `None` for a family that
    /// failed. Returns the response, or `None` if the client is gone.
    pub fn handle_allocation_created(
        &mut self,
        now: Now,
        client: ClientSocket,
        v4: Option<(AllocationPort, R)>,
        v6: Option<(AllocationPort, R)>,
    ) -> Option<Vec<u8>> {
        let pending = self.pending.remove(&client)?;
        let relayed = |opened: Option<(AllocationPort, R)>, is_v4: bool| {
            let (AllocationPort(port), socket) = opened?;
            Some(RelayedSocket { address: SocketAddr::new(self.relay_address(is_v4)?, port), socket })
        };
        let families = pending.families;
        let v4 = relayed(v4, true).filter(|_| families.v4);
        let v6 = relayed(v6, false).filter(|_| families.v6);
        let is_missing =
            (families.v4 && v4.is_none()) || (families.v6 && v6.is_none() && !pending.v6_is_optional);
        if is_missing {
            self.stats.over_quota += 1;
            self.release_user(&pending.username);
            return Some(pending.error_response(ErrorCode::InsufficientCapacity));
        }
        let mut response = Writer::new(Class::Success, Method::Allocate, &pending.transaction_id);
        for relayed in v4.iter().chain(&v6) {
            response = response.put_address(attribute::XOR_RELAYED_ADDRESS, relayed.address);
            self.by_relayed_address.insert(relayed.address, client);
        }
        if families.v6 && v6.is_none() {
            response = response.put_ipv6_error(ErrorCode::AddressFamilyNotSupported);
        }
        let seconds = u32::try_from(pending.lifetime_ms / 1_000).unwrap_or(u32::MAX);
        let response = response
            .put(attribute::LIFETIME, &seconds.to_be_bytes())
            .put_address(attribute::XOR_MAPPED_ADDRESS, client.remote)
            .sign(&pending.key)
            .finish(pending.with_fingerprint);
        self.deadlines.set(client, now.steady + pending.lifetime_ms);
        let allocation = Allocation::new(pending, v4.into_iter().chain(v6).collect(), response.clone());
        self.allocations.insert(client, allocation);
        self.stats.allocations += 1;
        Some(response)
    }

    /// Deletes the allocation of a client whose connection has closed.
    pub fn handle_client_closed(&mut self, client: ClientSocket) {
        if let Some(pending) = self.pending.remove(&client) {
            self.release_user(&pending.username);
        }
        self.delete_allocation(client);
    }

    /// Deletes expired allocations.
    pub fn handle_timeout(&mut self, now: Millis) {
        while let Some(client) = self.deadlines.pop_due(now) {
            self.delete_allocation(client);
        }
    }

    /// Returns when to call [`Self::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines.next()
    }

    /// Returns a client whose allocation was deleted: its relayed sockets can be closed.
    pub fn poll_deleted(&mut self) -> Option<ClientSocket> {
        self.deleted.pop()
    }

    /// Returns whether this client has an allocation.
    pub fn has_allocation(&self, client: ClientSocket) -> bool {
        self.allocations.contains_key(&client)
    }

    /// Returns the number of allocations.
    pub fn allocation_count(&self) -> usize {
        self.allocations.len()
    }

    /// Returns the counters.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Returns whether allocations have this IP address.
    pub(super) fn is_relay_address(&self, ip: IpAddr) -> bool {
        self.relay_addresses.contains(&ip)
    }

    pub(super) fn delete_allocation(&mut self, client: ClientSocket) {
        let Some(allocation) = self.allocations.remove(&client) else { return };
        for relayed in &allocation.relayed {
            self.by_relayed_address.remove(&relayed.address);
        }
        self.deadlines.clear(&client);
        self.release_user(&allocation.username);
        self.deleted.push(client);
    }

    fn release_user(&mut self, username: &str) {
        let Some((_, id)) = parse_username(username) else { return };
        if let Some(count) = self.users.get_mut(id) {
            *count -= 1;
            if *count == 0 {
                self.users.remove(id);
            }
        }
    }
}
