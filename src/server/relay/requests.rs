//! TURN requests by UDP that wait to be handled. The task that reads clients relays media itself and only
//! queues requests here, because these take longer: they are authenticated, and open sockets.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    limits::{Scope, network_of},
    turn::ClientSocket,
};

/// Requests that wait. More are dropped: clients retransmit.
const MAX_WAITING: usize = 512;
/// Of one subscriber, so that it takes many to fill the queue.
const MAX_OF_NETWORK: usize = 32;
/// Every so many requests the lowest queue goes first, so that no queue waits without end.
const LOWEST_FIRST_EVERY: u32 = 8;

/// A request and its client.
pub(super) type Request = (ClientSocket, Vec<u8>);

#[derive(Debug, Default)]
pub(super) struct Requests {
    waiting: Mutex<Waiting>,
    not_empty: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// By [`Standing`].
    queues: [Queue; 3],
    /// Requests since the lowest queue went first.
    since_lowest: u32,
}

/// Who sent a request: those above go first, and have a queue that the others cannot fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A client with an allocation: nobody can forge its address without a guess.
    Client,
    /// Somebody at an address of a person with a seat, or of a client.
    Known,
    /// Anybody else.
    Unknown,
}

#[derive(Debug, Default)]
struct Queue {
    requests: VecDeque<Request>,
    by_network: HashMap<IpAddr, usize>,
}

impl Requests {
    /// Queues a request ([`is_turn_request`](crate::turn::is_turn_request), so at most 2 KiB), or drops it if
    /// too many wait.
    pub(super) fn push(&self, client: ClientSocket, packet: &[u8], standing: Standing) {
        let mut waiting = self.lock();
        let Some(queue) = waiting.queues.get_mut(standing as usize) else { return };
        if queue.has_room(client) {
            queue.push((client, packet.to_vec()));
            drop(waiting);
            self.not_empty.notify_one();
        }
    }

    /// Returns the next request, mostly by [`Standing`]. For one caller at a time.
    pub(super) async fn next(&self) -> Request {
        loop {
            let next = self.lock().pop();
            if let Some(next) = next {
                return next;
            }
            self.not_empty.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn pop(&mut self) -> Option<Request> {
        self.since_lowest += 1;
        if self.since_lowest < LOWEST_FIRST_EVERY {
            return self.queues.iter_mut().find_map(Queue::pop);
        }
        self.since_lowest = 0;
        self.queues.iter_mut().rev().find_map(Queue::pop)
    }
}

impl Queue {
    fn has_room(&self, client: ClientSocket) -> bool {
        let of_network = self.by_network.get(&network(client)).copied().unwrap_or_default();
        self.requests.len() < MAX_WAITING && of_network < MAX_OF_NETWORK
    }

    fn push(&mut self, request: Request) {
        *self.by_network.entry(network(request.0)).or_default() += 1;
        self.requests.push_back(request);
    }

    fn pop(&mut self) -> Option<Request> {
        let request = self.requests.pop_front()?;
        let network = network(request.0);
        if let Some(count) = self.by_network.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
        Some(request)
    }
}

fn network(client: ClientSocket) -> IpAddr {
    network_of(client.remote.ip(), Scope::Address)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::turn::Transport;

    fn client(host: [u8; 4]) -> ClientSocket {
        let [remote, local] = [(host, 4_000), ([203, 0, 113, 1], 3_478)].map(SocketAddr::from);
        ClientSocket { transport: Transport::Udp, remote, local }
    }

    #[tokio::test]
    async fn a_stranger_is_served_however_many_known_clients_wait() {
        let requests = Requests::default();
        requests.push(client([198, 51, 100, 1]), b"stranger", Standing::Unknown);
        for host in 1..=200 {
            requests.push(client([192, 0, 2, host]), b"known", Standing::Known);
        }
        let mut served = Vec::new();
        for _ in 0..LOWEST_FIRST_EVERY {
            served.push(requests.next().await.1);
        }
        assert_eq!(served.iter().filter(|request| *request == b"stranger").count(), 1);
    }

    #[tokio::test]
    async fn known_clients_come_first_and_one_network_waits_with_few() {
        let requests = Requests::default();
        let (greedy, other, known) = (client([192, 0, 2, 1]), client([192, 0, 2, 2]), client([192, 0, 2, 3]));
        for number in 0..100 {
            requests.push(greedy, &[number], Standing::Unknown);
        }
        requests.push(other, b"other", Standing::Unknown);
        requests.push(other, b"with a seat", Standing::Known);
        requests.push(known, b"client", Standing::Client);
        assert_eq!(requests.next().await, (known, b"client".to_vec()));
        assert_eq!(requests.next().await, (other, b"with a seat".to_vec()));
        for number in 0..32 {
            assert_eq!(requests.next().await, (greedy, vec![number]));
        }
        assert_eq!(requests.next().await, (other, b"other".to_vec()));
        let waiting = requests.lock();
        let is_empty = |queue: &Queue| queue.by_network.is_empty() && queue.requests.is_empty();
        assert!(waiting.queues.iter().all(is_empty));
    }

    #[tokio::test]
    async fn forged_addresses_keep_no_known_client_out() {
        let requests = Requests::default();
        for number in 0_u16..2_000 {
            let [high, low] = number.to_be_bytes();
            requests.push(client([198, 51, high, low]), b"forged", Standing::Unknown);
        }
        let full = |waiting: &Waiting| {
            let queue = &waiting.queues[Standing::Unknown as usize];
            (queue.requests.len(), queue.by_network.len())
        };
        assert_eq!(full(&requests.lock()), (MAX_WAITING, MAX_WAITING));
        for _ in 0..100 {
            requests.push(client([192, 0, 2, 1]), b"forged", Standing::Unknown);
        }
        requests.push(client([192, 0, 2, 1]), b"known", Standing::Known);
        assert_eq!(requests.next().await.1, b"known");
    }
}
