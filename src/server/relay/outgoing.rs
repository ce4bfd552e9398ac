//! The send queue of a client that is connected by a stream: complete frames, bounded in bytes however much
//! peers send and however slowly the client reads.
//!
//! A client holds at most 256 KiB: the queue and as much that is being written, 56 KiB each, 56 KiB for
//! reading, see [`super::stream`], and with TLS 80 KiB for records (rustls keeps 64 KiB to be sent, and one
//! record of 16 KiB that is being received).

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// 25 ms of 16 Mbit/s, besides what the system buffers. Packets beyond it are dropped, as a network would
/// drop them.
const PACKET_BYTES: usize = 48 * 1024;
/// Responses have room beyond that: over a stream, clients do not retransmit requests.
const RESPONSE_BYTES: usize = 56 * 1024;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    queue: Mutex<Vec<u8>>,
    /// Notified when the queue is no longer empty.
    not_empty: Notify,
    /// Notified when the queue has been taken.
    taken: Notify,
}

impl Outgoing {
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

    /// Swaps the queue with the empty `place`, as soon as there is something in it.
    pub(super) async fn take(&self, place: &mut Vec<u8>) {
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
        if needed > queue.capacity() {
            let more = needed.max(2 * queue.capacity()).min(limit.max(needed)) - queue.len();
            queue.reserve_exact(more);
        }
        queue.extend_from_slice(frame);
        drop(queue);
        if was_empty {
            self.not_empty.notify_one();
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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
        let outgoing = Outgoing::default();
        outgoing.offer(b"one");
        outgoing.send(b"two").await;
        assert_eq!(take_all(&outgoing).await, b"onetwo");
        let (three, ()) = tokio::join!(take_all(&outgoing), async { outgoing.offer(b"three") });
        assert_eq!(three, b"three");
    }

    #[tokio::test(start_paused = true)]
    async fn packets_are_lost_when_nobody_reads_and_answers_wait() {
        let outgoing = Outgoing::default();
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
