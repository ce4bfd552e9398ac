//! What waits to be written to a client that comes by a stream: frames one behind the other, and never more than there is
//! room for, whatever others send to somebody who does not read.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// A tenth of a second of 20 Mbit/s. What comes when so much waits is lost, as a network would lose it.
const PACKET_BYTES: usize = 256 * 1024;
/// Beyond that, answers find room: over a stream nobody asks twice.
const ANSWER_BYTES: usize = PACKET_BYTES + 64 * 1024;

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    waiting: Mutex<Vec<u8>>,
    /// There is something to write.
    filled: Notify,
    /// There is room again.
    emptied: Notify,
}

impl Outgoing {
    /// Takes a packet for the client, if there is room.
    pub(super) fn offer(&self, frame: &[u8]) {
        self.push(frame, PACKET_BYTES);
    }

    /// Takes an answer for the client as soon as there is room. For one caller at a time.
    pub(super) async fn send(&self, answer: &[u8]) {
        while !self.push(answer, ANSWER_BYTES) {
            self.emptied.notified().await;
        }
    }

    /// Takes out all that waits, as soon as something does, and leaves the empty `place` in its stead.
    pub(super) async fn take(&self, place: &mut Vec<u8>) {
        while self.lock().is_empty() {
            self.filled.notified().await;
        }
        mem::swap(&mut *self.lock(), place);
        self.emptied.notify_one();
    }

    fn push(&self, frame: &[u8], limit: usize) -> bool {
        let mut waiting = self.lock();
        let was_empty = waiting.is_empty();
        if !was_empty && waiting.len() + frame.len() > limit {
            return false;
        }
        waiting.extend_from_slice(frame);
        drop(waiting);
        if was_empty {
            self.filled.notify_one();
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const PACKET: [u8; 1_200] = [7; 1_200];

    async fn taken(outgoing: &Outgoing) -> Vec<u8> {
        let mut place = Vec::new();
        outgoing.take(&mut place).await;
        place
    }

    #[tokio::test]
    async fn frames_come_out_in_their_order() {
        let outgoing = Outgoing::default();
        outgoing.offer(b"one");
        outgoing.send(b"two").await;
        assert_eq!(taken(&outgoing).await, b"onetwo");
        let (three, ()) = tokio::join!(taken(&outgoing), async { outgoing.offer(b"three") });
        assert_eq!(three, b"three");
    }

    #[tokio::test(start_paused = true)]
    async fn packets_are_lost_when_nobody_reads_and_answers_wait() {
        let outgoing = Outgoing::default();
        for _ in 0..1_000 {
            outgoing.offer(&PACKET);
        }
        let soon = Duration::from_secs(1);
        for _ in 0..50 {
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
        let all = taken(&outgoing).await;
        assert!(
            all.len() > PACKET_BYTES + 50 * PACKET.len() - PACKET.len(),
            "answers found room: {}",
            all.len()
        );
        assert!(all.len() <= ANSWER_BYTES, "and there is an end: {}", all.len());
        assert!(timeout(soon, outgoing.send(&PACKET)).await.is_ok(), "there is room again");
    }
}
