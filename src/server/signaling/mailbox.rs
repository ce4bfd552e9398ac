//! The messages that wait to be written to one socket. [`super::driver`] fills it under its lock,
//! [`super::socket`] empties it.
//!
//! Unlike a channel it counts bytes as well as messages, carries the close code behind the last message, and
//! costs an idle connection no buffer at all.

use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{protocol::CloseCode, server::net::gate::Permit};

/// Messages that may wait for one socket, those that are being written included: everybody's candidates in
/// the largest room, twice.
const MAX_MESSAGES: usize = 1_024;
/// Bytes that may wait for one socket, likewise.
const MAX_BYTES: usize = 1024 * 1024;
/// Slots an idle mailbox keeps for the next burst.
const KEPT_SLOTS: usize = 8;

/// The queue between the driver and one connection's task.
#[derive(Debug)]
pub(super) struct Mailbox {
    inner: Mutex<Inner>,
    permit: Arc<Permit>,
}

#[derive(Debug, Default)]
struct Inner {
    queue: VecDeque<Utf8Bytes>,
    /// Of the queue and of what was taken last.
    bytes: usize,
    taken_messages: usize,
    taken_bytes: usize,
    close: Option<CloseCode>,
    reader: Option<Waker>,
}

/// The mailbox cannot take another message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Mailbox {
    /// Returns an empty one. What waits counts as memory of this connection.
    pub(super) fn new(permit: Arc<Permit>) -> Self {
        Self { inner: Mutex::default(), permit }
    }

    /// Queues a message and returns how many are queued then. After [`Self::close`] the message is dropped.
    pub(super) fn push(&self, text: Utf8Bytes) -> Result<usize, Full> {
        let mut inner = self.lock();
        if inner.close.is_some() {
            return Ok(0);
        }
        if inner.queue.len() + inner.taken_messages >= MAX_MESSAGES || inner.bytes + text.len() > MAX_BYTES {
            return Err(Full);
        }
        inner.bytes += text.len();
        self.permit.hold(text.len());
        inner.queue.push_back(text);
        let depth = inner.queue.len();
        wake(inner);
        Ok(depth)
    }

    /// Closes the socket after the queued messages. Only the first code counts.
    pub(super) fn close(&self, code: CloseCode) {
        let mut inner = self.lock();
        inner.close.get_or_insert(code);
        wake(inner);
    }

    /// Waits until there is something to write and moves it into `batch`, which must be empty: what was taken
    /// before is written. Returns the close code if nothing will follow.
    pub(super) async fn take(&self, batch: &mut VecDeque<Utf8Bytes>) -> Option<CloseCode> {
        poll_fn(|cx| {
            let mut inner = self.lock();
            let written = mem::take(&mut inner.taken_bytes);
            inner.taken_messages = 0;
            inner.bytes -= written;
            self.permit.release(written);
            if inner.queue.is_empty() && inner.close.is_none() {
                inner.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            mem::swap(&mut inner.queue, batch);
            inner.queue.shrink_to(KEPT_SLOTS);
            inner.taken_bytes = inner.bytes;
            inner.taken_messages = batch.len();
            Poll::Ready(inner.close)
        })
        .await
    }

    /// Waits until [`Self::close`] is called.
    pub(super) async fn closing(&self) {
        poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.close.is_some() {
                return Poll::Ready(());
            }
            inner.reader = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the task that waits, if one does, without holding the lock.
fn wake(mut inner: MutexGuard<'_, Inner>) {
    let reader = inner.reader.take();
    drop(inner);
    if let Some(reader) = reader {
        reader.wake();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::server::net::gate::{Gate, LimitSettings};

    fn mailbox() -> (Arc<Gate>, Mailbox) {
        let gate = Arc::new(Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {}));
        let permit = gate.admit([192, 0, 2, 1].into()).unwrap();
        (gate, Mailbox::new(Arc::new(permit)))
    }

    #[tokio::test]
    async fn the_close_code_comes_with_the_last_message() {
        let (_gate, mailbox) = mailbox();
        mailbox.push("a".into()).unwrap();
        mailbox.close(CloseCode::Replaced);
        mailbox.close(CloseCode::GoingAway);
        mailbox.push("late".into()).unwrap();
        let mut batch = VecDeque::new();
        assert_eq!(mailbox.take(&mut batch).await, Some(CloseCode::Replaced));
        assert_eq!(batch, ["a"]);
    }

    #[tokio::test]
    async fn what_is_being_written_still_counts() {
        let (gate, mailbox) = mailbox();
        let half = "x".repeat(MAX_BYTES / 2);
        let mut batch = VecDeque::new();
        mailbox.push(half.clone().into()).unwrap();
        mailbox.take(&mut batch).await;
        mailbox.push(half.clone().into()).unwrap();
        assert_eq!(mailbox.push("x".into()), Err(Full));
        assert_eq!(gate.sizes().1, MAX_BYTES);
        batch.clear();
        mailbox.take(&mut batch).await;
        assert_eq!((batch.len(), gate.sizes().1), (1, MAX_BYTES / 2));
        for _ in 1..MAX_MESSAGES {
            mailbox.push("x".into()).unwrap();
        }
        assert_eq!(mailbox.push("x".into()), Err(Full));
        drop(mailbox);
        assert_eq!(gate.sizes(), (0, 0));
    }

    #[tokio::test]
    async fn is_full_by_messages_and_by_bytes() {
        let (_gate, many) = mailbox();
        for _ in 0..MAX_MESSAGES {
            many.push("x".into()).unwrap();
        }
        assert_eq!(many.push("x".into()), Err(Full));

        let (_gate, large) = mailbox();
        large.push("x".repeat(MAX_BYTES).into()).unwrap();
        assert_eq!(large.push("x".into()), Err(Full));
    }
}
