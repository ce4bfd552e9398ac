//! Who may open connections, how many and how often, and how much memory all of them may hold. Pure but for
//! its lock: [`super::connections`] admits each TCP connection, `web` and `signaling` say what becomes of it.
//!
//! A network holds a share of what is free ([`Shares`]), so many connections of one leave most to others. At
//! the limit of all, the oldest connection without a seat makes room for a new one. So nobody who has a seat
//! loses it, and newcomers get in. Memory is taken back from the network that holds most.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use ipnet::IpNet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    limits::{Rate, Rates, Scope, Shares, network_of},
    sansio::Millis,
};

/// Bytes that all connections together may hold: heads and frames that are not whole yet, and messages that
/// are not written yet.
const BUFFERS_BYTES: usize = 64 * 1024 * 1024;
/// The most that a head, or the handshake of TLS before it, takes.
const HEAD_MAX_BYTES: usize = 64 * 1024;
/// Connections that were closed for a new one, but whose tasks have not ended yet.
const MOST_ENDING: usize = 32;

/// Limits of connections and joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// Open connections in all.
    pub max_connections: usize,
    /// Open connections of one address, and those that it may open at once. Then a tenth of it per second.
    pub connections_per_address: usize,
    /// Joins of one address per second; ten times as many at once.
    pub joins_per_address: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { max_connections: 20_000, connections_per_address: 1_000, joins_per_address: 20 }
    }
}

/// Why a connection is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// This network holds too many, or all do.
    Open(Scope),
    /// This network opens too many in a short time.
    Opening(Scope),
}

impl Refused {
    /// The code in metrics.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Open(Scope::All) => "connections",
            Self::Open(Scope::Address | Scope::Site | Scope::Wide) => "connections_of_network",
            Self::Opening(_) => "connection_rate",
        }
    }
}

/// The connections of one or more listeners.
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Bytes held by all connections.
    held: AtomicUsize,
    most_bytes: usize,
    proxies: Arc<[IpNet]>,
    started: Instant,
    /// Counts a refusal, or a connection that was closed for others, by its code.
    count: Box<dyn Fn(&'static str) + Send + Sync>,
}

struct State {
    shares: Shares,
    openings: Rates,
    open: HashMap<u64, Open>,
    /// Those without a seat, the oldest first.
    evictable: BTreeSet<u64>,
    last: u64,
}

/// An open connection.
struct Open {
    /// Whose share it is; none for this machine and for proxies.
    counted: Option<IpAddr>,
    /// False once it was ended for another one.
    has_place: bool,
    holding: Arc<Holding>,
}

#[derive(Debug, Default)]
struct Holding {
    bytes: AtomicUsize,
    evicted: CancellationToken,
}

impl Gate {
    /// Returns a gate without connections. Those of `proxies` count for whom they stand for. `seed` is
    /// secret.
    pub(crate) fn new(
        limits: LimitSettings,
        proxies: Arc<[IpNet]>,
        seed: u64,
        count: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> Self {
        let burst = u32::try_from(limits.connections_per_address).unwrap_or(u32::MAX);
        let rate = Rate { per_second: (burst / 10).max(1), burst };
        let state = State {
            shares: Shares::new(limits.max_connections, limits.connections_per_address),
            openings: Rates::new(rate, seed),
            open: HashMap::new(),
            evictable: BTreeSet::new(),
            last: 0,
        };
        Self {
            state: Mutex::new(state),
            held: AtomicUsize::new(0),
            most_bytes: BUFFERS_BYTES,
            proxies,
            started: Instant::now(),
            count: Box::new(count),
        }
    }

    /// Admits a connection from this address, or counts why not.
    pub(crate) fn admit(self: &Arc<Self>, remote: IpAddr) -> Result<Permit, Refused> {
        let mut state = self.lock();
        let counted = self.counted(remote);
        let taken = state.take(self.now(), counted, None);
        taken.inspect_err(|refused| (self.count)(refused.code()))?;
        state.last += 1;
        let (id, holding) = (state.last, Arc::<Holding>::default());
        state.open.insert(id, Open { counted, has_place: true, holding: Arc::clone(&holding) });
        state.evictable.insert(id);
        Ok(Permit {
            gate: Arc::clone(self),
            id,
            holding,
            head: AtomicUsize::new(0),
            is_past_heads: AtomicBool::new(false),
        })
    }

    /// Returns the number of open connections, and the bytes that they hold.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.lock().open.len(), self.held.load(Ordering::Relaxed))
    }

    /// Returns the address whose share a connection is. This machine has none: a proxy that is not known as
    /// one would be one address for everybody.
    fn counted(&self, ip: IpAddr) -> Option<IpAddr> {
        let ip = ip.to_canonical();
        (!ip.is_loopback() && !self.proxies.iter().any(|network| network.contains(&ip))).then_some(ip)
    }

    /// Ends connections of whichever network holds most until the rest is within the limit.
    fn make_room(&self) {
        let state = self.lock();
        while self.held.load(Ordering::Relaxed) > self.most_bytes {
            let Some(largest) = state.largest() else { return };
            largest.holding.evicted.cancel();
            self.held.fetch_sub(largest.holding.bytes.swap(0, Ordering::Relaxed), Ordering::Relaxed);
            (self.count)("memory");
        }
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn bytes(&self) -> usize {
        self.holding.bytes.load(Ordering::Relaxed)
    }

    fn network(&self) -> Option<IpAddr> {
        self.counted.map(|ip| network_of(ip, Scope::Address))
    }
}

impl State {
    /// Returns the connection that holds most of the network that holds most, one without a seat if there is.
    fn largest(&self) -> Option<&Open> {
        let live = || self.open.iter().filter(|(_, open)| !open.holding.evicted.is_cancelled());
        let mut networks = HashMap::<_, usize>::new();
        for (_, open) in live() {
            *networks.entry(open.network()).or_default() += open.bytes();
        }
        let (network, _) = networks.into_iter().max_by_key(|(_, bytes)| *bytes)?;
        let of_network = live().filter(|(_, open)| open.network() == network && open.bytes() > 0);
        let (_, largest) = of_network.max_by_key(|(id, open)| (self.evictable.contains(id), open.bytes()))?;
        Some(largest)
    }

    /// Takes a place for this address; if none is free, that of the oldest connection without a seat, but not
    /// of `mine`.
    fn take(&mut self, now: Millis, counted: Option<IpAddr>, mine: Option<u64>) -> Result<(), Refused> {
        if let Some(ip) = counted {
            self.openings.check(now, ip).map_err(Refused::Opening)?;
        }
        loop {
            let taken = match counted {
                Some(ip) => self.shares.take(ip),
                None => self.shares.take_exempt(),
            };
            match taken {
                Ok(()) => break,
                Err(Scope::All) if self.evict_oldest(mine) => {}
                Err(scope) => return Err(Refused::Open(scope)),
            }
        }
        if let Some(ip) = counted {
            self.openings.count(now, ip);
        }
        Ok(())
    }

    fn give_back(&mut self, counted: Option<IpAddr>) {
        match counted {
            Some(ip) => self.shares.give_back(ip),
            None => self.shares.give_back_exempt(),
        }
    }

    /// Returns false if there is no connection without a seat, or if too many are ending already.
    fn evict_oldest(&mut self, mine: Option<u64>) -> bool {
        let ending = self.open.len().saturating_sub(self.shares.held());
        let oldest = self.evictable.iter().copied().find(|id| Some(*id) != mine);
        let Some(oldest) = oldest.filter(|_| ending < MOST_ENDING) else { return false };
        self.evictable.remove(&oldest);
        let Some(open) = self.open.get_mut(&oldest) else { return false };
        open.has_place = false;
        open.holding.evicted.cancel();
        let counted = open.counted;
        self.give_back(counted);
        true
    }
}

/// The place of one connection. Dropping it gives back the place and what the connection holds.
pub(crate) struct Permit {
    gate: Arc<Gate>,
    id: u64,
    holding: Arc<Holding>,
    /// Bytes of a head that is not whole yet, which are held as well.
    head: AtomicUsize,
    /// No head follows.
    is_past_heads: AtomicBool,
}

impl Permit {
    /// Says for whom a connection of a proxy is. An error if that network may open no further one; it is
    /// counted.
    pub(crate) fn assign(&self, requester: IpAddr) -> Result<(), Refused> {
        let gate = &self.gate;
        let Some(ip) = gate.counted(requester) else { return Ok(()) };
        let mut state = gate.lock();
        let is_open = state.open.get(&self.id).is_some_and(|open| open.has_place && open.counted.is_none());
        if !is_open {
            return Ok(());
        }
        state.give_back(None);
        if let Err(refused) = state.take(gate.now(), Some(ip), Some(self.id)) {
            // Its own place is free.
            let _ = state.shares.take_exempt();
            (gate.count)(refused.code());
            return Err(refused);
        }
        if let Some(open) = state.open.get_mut(&self.id) {
            open.counted = Some(ip);
        }
        Ok(())
    }

    /// Takes the place of another connection for this requester, as for one that was opened: for what lives
    /// longer than a request, and over several connections.
    pub(crate) fn another(&self, requester: IpAddr) -> Result<Self, Refused> {
        self.gate.admit(requester)
    }

    /// Returns the address whose share the connection is; none if it is not limited.
    pub(crate) fn counted(&self) -> Option<IpAddr> {
        self.gate.lock().open.get(&self.id)?.counted
    }

    /// Says whether the connection is kept when there are too many: while it has a seat.
    pub(crate) fn keep(&self, is_kept: bool) {
        let mut state = self.gate.lock();
        let has_place = state.open.get(&self.id).is_some_and(|open| open.has_place);
        if is_kept {
            state.evictable.remove(&self.id);
        } else if has_place {
            state.evictable.insert(self.id);
        }
    }

    /// Waits until the connection must end, because others need its place or its memory.
    pub(crate) async fn evicted(&self) {
        self.holding.evicted.cancelled().await;
    }

    /// The connection holds so many more bytes.
    pub(crate) fn hold(&self, bytes: usize) {
        if self.holding.evicted.is_cancelled() {
            return;
        }
        self.holding.bytes.fetch_add(bytes, Ordering::Relaxed);
        let held = self.gate.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > self.gate.most_bytes {
            self.gate.make_room();
        }
    }

    /// The connection holds so many bytes less.
    pub(crate) fn release(&self, bytes: usize) {
        let before = self
            .holding
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| Some(held.saturating_sub(bytes)));
        // Less if it was evicted: then all was given back.
        let released = before.unwrap_or_default().min(bytes);
        self.gate.held.fetch_sub(released, Ordering::Relaxed);
    }

    /// So many bytes were read of a head, or of what comes before one.
    pub(super) fn read_of_head(&self, bytes: usize) {
        if self.is_past_heads.load(Ordering::Relaxed) {
            return;
        }
        // The rest of a body is not kept.
        let bytes = bytes.min(HEAD_MAX_BYTES.saturating_sub(self.head.load(Ordering::Relaxed)));
        self.head.fetch_add(bytes, Ordering::Relaxed);
        self.hold(bytes);
    }

    /// The head is whole.
    pub(super) fn head_is_read(&self) {
        self.release(self.head.swap(0, Ordering::Relaxed));
    }

    /// What follows is something else than requests.
    pub(crate) fn end_of_heads(&self) {
        self.is_past_heads.store(true, Ordering::Relaxed);
        self.head_is_read();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.evictable.remove(&self.id);
        if let Some(open) = state.open.remove(&self.id)
            && open.has_place
        {
            state.give_back(open.counted);
        }
        drop(state);
        self.release(usize::MAX);
    }
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Permit").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::{net::Ipv4Addr, sync::atomic::AtomicU64};

    use super::*;

    fn gate(max_connections: usize) -> Arc<Gate> {
        let limits = LimitSettings { max_connections, ..LimitSettings::default() };
        Arc::new(Gate::new(limits, Arc::new(["10.0.0.9/32".parse().unwrap()]), 7, |_| {}))
    }

    fn far(network: usize) -> IpAddr {
        let [_, a, b, c] = u32::try_from(network).unwrap().to_be_bytes();
        [20 + a, b, c, 1].into()
    }

    fn open(gate: &Arc<Gate>, ip: IpAddr) -> Vec<Permit> {
        std::iter::from_fn(|| gate.admit(ip).ok()).collect()
    }

    fn is_evicted(permit: &Permit) -> bool {
        permit.holding.evicted.is_cancelled()
    }

    #[tokio::test]
    async fn one_address_cannot_keep_others_out() {
        let gate = gate(2_000);
        let hoarded = open(&gate, far(1));
        assert_eq!(hoarded.len(), 117, "a seventeenth");
        assert_eq!(gate.admit(far(1)).unwrap_err(), Refused::Open(Scope::Address));
        assert!(gate.admit(far(2)).is_ok());
        drop(hoarded);
        assert_eq!(gate.sizes().0, 0);
    }

    #[tokio::test]
    async fn an_address_opens_so_many_per_second() {
        let limits = LimitSettings { connections_per_address: 50, ..LimitSettings::default() };
        let gate = Arc::new(Gate::new(limits, Arc::new([]), 7, |_| {}));
        let opened = std::iter::from_fn(|| gate.admit(far(1)).ok().map(drop)).take(1_000).count();
        assert!((50..60).contains(&opened), "{opened}");
        assert_eq!(gate.admit(far(1)).unwrap_err(), Refused::Opening(Scope::Address));
        assert!(gate.admit(far(2)).is_ok());
    }

    #[tokio::test]
    async fn at_the_limit_the_oldest_without_a_seat_makes_room() {
        let gate = gate(100);
        let all: Vec<_> = (0..100).map(|network| gate.admit(far(network)).unwrap()).collect();
        all[0].keep(true);
        let newcomer = gate.admit(far(200)).unwrap();
        assert!(
            !is_evicted(&all[0]) && is_evicted(&all[1]) && !is_evicted(&all[2]) && !is_evicted(&newcomer)
        );
        for permit in &all {
            permit.keep(true);
        }
        newcomer.keep(true);
        assert_eq!(gate.admit(far(201)).unwrap_err(), Refused::Open(Scope::All));
        drop((all, newcomer));
        assert_eq!(gate.sizes().0, 0);
        assert_eq!(gate.lock().shares.held(), 0);
    }

    #[tokio::test]
    async fn connections_that_do_not_end_make_room_for_a_few_only() {
        let gate = gate(100);
        let all: Vec<_> = (0..1_000).filter_map(|network| gate.admit(far(network)).ok()).collect();
        assert_eq!(all.len(), 100 + MOST_ENDING);
    }

    #[tokio::test]
    async fn connections_of_a_proxy_count_for_those_behind_it() {
        let gate = gate(2_000);
        let proxy: IpAddr = [10, 0, 0, 9].into();
        let mut behind = Vec::new();
        let refused = loop {
            let permit = gate.admit(proxy).unwrap();
            if let Err(refused) = permit.assign(far(1)) {
                break refused;
            }
            behind.push(permit);
        };
        assert_eq!((refused, behind.len()), (Refused::Open(Scope::Address), 117));
        assert_eq!(gate.admit(proxy).unwrap().assign(far(2)), Ok(()));
        assert_eq!(open(&gate, Ipv4Addr::LOCALHOST.into()).len(), 2_000 - 117 + MOST_ENDING);
    }

    /// Many small ones of one network count together.
    #[tokio::test]
    async fn a_network_that_holds_most_costs_nobody_else_a_connection() {
        let mut gate = Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {});
        gate.most_bytes = 1_000;
        let gate = Arc::new(gate);
        let other = gate.admit(far(1)).unwrap();
        other.hold(300);
        let greedy: Vec<_> = (0..8).map(|_| gate.admit(far(2)).unwrap()).collect();
        greedy[0].keep(true);
        greedy[0].hold(110);
        for one in &greedy[1..] {
            one.hold(100);
        }
        assert!(!is_evicted(&other) && !is_evicted(&greedy[0]), "it has a seat");
        assert_eq!(greedy.iter().filter(|one| is_evicted(one)).count(), 2);
        for one in &greedy[1..] {
            one.hold(500);
        }
        assert!(!is_evicted(&other));
    }

    #[tokio::test]
    async fn who_holds_most_memory_is_ended_first() {
        let counted = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&counted);
        let mut gate = Gate::new(LimitSettings::default(), Arc::new([]), 7, move |code| {
            assert_eq!(code, "memory");
            count.fetch_add(1, Ordering::Relaxed);
        });
        gate.most_bytes = 1_000;
        let gate = Arc::new(gate);
        let all: Vec<_> = (0..3).map(|network| gate.admit(far(network)).unwrap()).collect();
        all[0].hold(100);
        all[1].hold(800);
        all[2].read_of_head(100);
        assert!(!all.iter().any(is_evicted));
        all[0].hold(1);
        assert!(!is_evicted(&all[0]) && is_evicted(&all[1]) && !is_evicted(&all[2]));
        assert_eq!((gate.sizes().1, counted.load(Ordering::Relaxed)), (201, 1));
        all[1].hold(5_000);
        all[1].release(800);
        all[2].head_is_read();
        assert_eq!(gate.sizes().1, 101, "what was ended counts no more");
        drop(all);
        assert_eq!(gate.sizes(), (0, 0));
    }
}
