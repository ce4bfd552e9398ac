//! The send queue of a client that is connected by a stream: complete frames, bounded in bytes however much
//! peers send and however slowly the client reads.
//!
//! A client holds at most 240 KiB: the queue and as much that is being written, 56 KiB each, 48 KiB for
//! reading, see [`super::stream`], and with TLS 80 KiB for records (rustls keeps 64 KiB to be sent, and one
//! record of 16 KiB that is being received). All but the records count as memory of its connection
//! ([`Permit::hold`]), which has a limit for all connections together.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::Notify;

use crate::server::net::gate::Permit;

/// 25 ms of 16 Mbit/s, besides what the system buffers. Packets beyond it are dropped, as a network would
/// drop them.
const PACKET_BYTES: usize = 48 * 1024;
/// Responses have room beyond that: over a stream, clients do not retransmit requests.
const RESPONSE_BYTES: usize = 56 * 1024;
/// Capacity that is kept when what is written at a time was more: three packets.
const KEPT_BYTES: usize = 4 * 1024;

#[derive(Debug)]
pub(super) struct Outgoing {
    queue: Mutex<Vec<u8>>,
    /// Of the connection, which may end before the readers of its relayed sockets do.
    permit: Weak<Permit>,
    /// Notified when the queue is no longer empty.
    not_empty: Notify,
    /// Notified when the queue has been taken.
    taken: Notify,
}

impl Outgoing {
    /// Returns an empty queue, whose memory is that of this connection.
    pub(super) fn new(permit: Weak<Permit>) -> Self {
        Self { queue: Mutex::default(), permit, not_empty: Notify::new(), taken: Notify::new() }
    }

    /// Queues a packet for the client, or drops it.
    pub(super) fn offer(&self, frame: &[u8]) {
        self.push(frame, PACKET_BYTES);
    }

    /// Queues a response for the client as soon as there is room. For one caller at a time.
    pub(super) async fn send(&self, response: &[u8]) {
        while !self.push(response, RESPONSE_BYTES) {
            self.taken.notified().await;
        }
    }

    /// Empties `place` and swaps it with the queue, as soon as there is something in that.
    pub(super) async fn take(&self, place: &mut Vec<u8>) {
        let before = place.capacity();
        place.clear();
        place.shrink_to(KEPT_BYTES);
        self.count(before, place.capacity());
        while self.lock().is_empty() {
            self.not_empty.notified().await;
        }
        mem::swap(&mut *self.lock(), place);
        self.taken.notify_one();
    }

    fn push(&self, frame: &[u8], limit: usize) -> bool {
        let mut queue = self.lock();
        let was_empty = queue.is_empty();
        if !was_empty && queue.len() + frame.len() > limit {
            return false;
        }
        // A vector that grows by itself doubles, beyond the limit.
        let needed = queue.len() + frame.len();
        let before = queue.capacity();
        if needed > before {
            let more = needed.max(2 * before).min(limit.max(needed)) - queue.len();
            queue.reserve_exact(more);
        }
        let after = queue.capacity();
        queue.extend_from_slice(frame);
        // With the lock, so that it is counted before it is written and released.
        self.count(before, after);
        drop(queue);
        if was_empty {
            self.not_empty.notify_one();
        }
        true
    }

    /// A buffer had this capacity before and has that one after.
    fn count(&self, before: usize, after: usize) {
        if before != after
            && let Some(permit) = self.permit.upgrade()
        {
            recount(&permit, before, after);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer of this connection had this capacity before and has that one after.
pub(super) fn recount(permit: &Permit, before: usize, after: usize) {
    if after > before {
        permit.hold(after - before);
    } else {
        permit.release(before - after);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const PACKET: [u8; 1_200] = [7; 1_200];

    async fn take_all(outgoing: &Outgoing) -> Vec<u8> {
        let mut place = Vec::new();
        outgoing.take(&mut place).await;
        place
    }

    #[tokio::test]
    async fn frames_come_out_in_their_order() {
        let outgoing = Outgoing::new(Weak::new());
        outgoing.offer(b"one");
        outgoing.send(b"two").await;
        assert_eq!(take_all(&outgoing).await, b"onetwo");
        let (three, ()) = tokio::join!(take_all(&outgoing), async { outgoing.offer(b"three") });
        assert_eq!(three, b"three");
    }

    #[tokio::test(start_paused = true)]
    async fn packets_are_lost_when_nobody_reads_and_answers_wait() {
        let outgoing = Outgoing::new(Weak::new());
        for _ in 0..1_000 {
            outgoing.offer(&PACKET);
        }
        let soon = Duration::from_secs(1);
        for _ in 0..6 {
            assert!(timeout(soon, outgoing.send(&PACKET)).await.is_ok(), "there is room for answers");
        }
        assert!(
            timeout(soon, async {
                loop {
                    outgoing.send(&PACKET).await
                }
            })
            .await
            .is_err()
        );
        let all = take_all(&outgoing).await;
        assert!(
            all.len() > PACKET_BYTES + 6 * PACKET.len() - PACKET.len(),
            "answers found room: {}",
            all.len()
        );
        assert!(all.capacity() <= RESPONSE_BYTES, "and there is an end: {}", all.capacity());
        assert!(timeout(soon, outgoing.send(&PACKET)).await.is_ok(), "there is room again");
    }
}
