//! The state of the server, and its allocations from creation to deletion. Requests are handled in
//! [`super::requests`], packets in [`super::relaying`].

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
};

use ipnet::IpNet;

use super::{
    allocation::{Allocation, PendingAllocation, RelayedSocket},
    bandwidth::Bucket,
    config::{Now, TurnConfig},
    credentials::Secret,
    known::KnownNetworks,
    message::{Class, ErrorCode, Method, Writer, attribute},
    sockets::{AllocationPort, ClientSocket},
    stats::{Refusal, Stats},
    unauthenticated::UnauthenticatedLimiter,
    users::Users,
};
use crate::{
    limits::{Rates, Shares},
    sansio::{Deadlines, Millis},
};

/// A TURN server. `R` is the shell's handle of a relayed socket.
#[derive(Debug)]
pub struct TurnServer<R> {
    pub(super) config: TurnConfig,
    pub(super) secret: Secret,
    pub(super) allocations: HashMap<ClientSocket, Allocation<R>>,
    pub(super) pending: HashMap<ClientSocket, PendingAllocation>,
    /// The client behind each relayed transport address.
    pub(super) by_relayed_address: HashMap<SocketAddr, ClientSocket>,
    /// By the id in the user name.
    pub(super) users: Users,
    /// Of users who hold a seat.
    known: KnownNetworks,
    /// The allocations of each network.
    pub(super) shares: Shares,
    pub(super) deadlines: Deadlines<ClientSocket>,
    deleted: Vec<ClientSocket>,
    /// Failed authentications in a row, of clients that are connected by a stream.
    pub(super) failures: HashMap<ClientSocket, u32>,
    /// The number of Data indications sent.
    pub(super) indications: u64,
    /// IP addresses of relayed addresses: the current ones, and older ones that allocations still use.
    relay_addresses: Vec<IpAddr>,
    /// Every address of this machine, with its network.
    pub(super) own_networks: Vec<IpNet>,
    pub(super) unauthenticated: UnauthenticatedLimiter,
    pub(super) user_requests: Rates,
    pub(super) user_allocations: Rates,
    pub(super) network_requests: Rates,
    pub(super) network_allocations: Rates,
    /// What is relayed in all.
    pub(super) total: Bucket,
    pub(super) stats: Stats,
}

impl<R> TurnServer<R> {
    /// Returns a server without allocations. It accepts logins made with `secret`.
    pub fn new(config: TurnConfig, secret: Secret) -> Self {
        let seed = secret.seed();
        Self {
            unauthenticated: UnauthenticatedLimiter::new(config.unauthenticated_per_second, seed),
            user_requests: Rates::new(config.user_requests, seed),
            user_allocations: Rates::new(config.user_allocations, seed),
            network_requests: Rates::new(config.network_requests, seed),
            network_allocations: Rates::new(config.network_allocations, seed),
            total: Bucket::default(),
            shares: Shares::new(config.max_allocations, config.max_per_network),
            relay_addresses: config.relay_addresses.clone(),
            config,
            secret,
            allocations: HashMap::new(),
            pending: HashMap::new(),
            by_relayed_address: HashMap::new(),
            users: Users::default(),
            known: KnownNetworks::default(),
            deadlines: Deadlines::default(),
            deleted: Vec::new(),
            failures: HashMap::new(),
            indications: 0,
            own_networks: Vec::new(),
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

    /// Returns whether this is an address of this machine.
    pub fn has_address(&self, ip: IpAddr) -> bool {
        self.own_networks.iter().any(|own| own.addr() == ip)
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
            self.stats.refuse(Refusal::Full);
            self.release(client, &pending.user);
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
        let relayed = v4.into_iter().chain(v6).collect();
        self.allocations.insert(client, Allocation::new(pending, relayed, response.clone(), now.steady));
        self.set_deadline(client);
        self.stats.allocations += 1;
        Some(response)
    }

    /// Deletes the allocation of a client whose connection has closed.
    pub fn handle_client_closed(&mut self, client: ClientSocket) {
        self.failures.remove(&client);
        if let Some(pending) = self.pending.remove(&client) {
            self.release(client, &pending.user);
        }
        self.delete_allocation(client);
    }

    /// The right of a user ends, by the id in its logins: no more allocations are created, and the existing
    /// ones end after `grace_ms` at the latest.
    pub fn handle_user_ended(&mut self, now: Millis, id: &str, grace_ms: u64) {
        self.known.remove(id);
        let forget = now + self.config.login_ms.max(grace_ms);
        for client in self.users.end(id, now + grace_ms, forget) {
            self.set_deadline(client);
        }
    }

    /// A user is given a login: if its right had ended, it begins again. The address is the one at which it
    /// holds a seat, if that is known.
    pub fn handle_user_began(&mut self, id: &str, at: Option<IpAddr>) {
        if let Some(ip) = at {
            self.known.insert(id, ip);
        }
        for client in self.users.begin(id) {
            self.set_deadline(client);
        }
    }

    /// Deletes expired allocations.
    pub fn handle_timeout(&mut self, now: Millis) {
        self.users.handle_timeout(now);
        while let Some(client) = self.deadlines.pop_due(now) {
            self.delete_allocation(client);
        }
    }

    /// Returns when to call [`Self::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.deadlines.next().into_iter().chain(self.users.poll_timeout()).min()
    }

    /// Returns a client whose allocation was deleted: its relayed sockets can be closed.
    pub fn poll_deleted(&mut self) -> Option<ClientSocket> {
        self.deleted.pop()
    }

    /// Returns whether this client has an allocation.
    pub fn has_allocation(&self, client: ClientSocket) -> bool {
        self.allocations.contains_key(&client)
    }

    /// Returns whether somebody at this address, or another one of the same subscriber, has an allocation or
    /// holds a seat.
    pub fn knows(&self, ip: IpAddr) -> bool {
        self.shares.holds(ip) || self.known.contains(ip)
    }

    /// Returns whether a request of this client is to be discarded before it is authenticated, because its
    /// user has asked too often; then it is counted as refused. False without an allocation: the user is not
    /// known then.
    pub fn refuses_early(&mut self, now: Millis, client: ClientSocket) -> bool {
        let Some(allocation) = self.allocations.get(&client) else { return false };
        let refuses = !self.user_requests.has_named(now, &allocation.user);
        if refuses {
            self.stats.refuse(Refusal::UserRate);
        }
        refuses
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
        self.release(client, &allocation.user);
        self.deleted.push(client);
    }

    /// Sets when an allocation is deleted: when it expires, or the right of its user has ended.
    pub(super) fn set_deadline(&mut self, client: ClientSocket) {
        let Some(allocation) = self.allocations.get(&client) else { return };
        let ends = self.users.ends(&allocation.user).unwrap_or(allocation.expires);
        self.deadlines.set(client, allocation.expires.min(ends));
    }

    fn release(&mut self, client: ClientSocket, user: &str) {
        self.users.remove(user, client);
        self.shares.give_back(client.remote.ip());
    }
}
