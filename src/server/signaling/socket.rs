//! One WebSocket, from the upgrade to its end: one task that reads frames into the [`Driver`] and writes its
//! mailbox.
//!
//! Every wait ends: a write that the client does not take is given up once the mailbox is closed, and the
//! closing handshake has a time limit.

use std::{collections::VecDeque, num::NonZeroU32, pin::pin, sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use futures_util::{
    Sink, SinkExt, Stream, StreamExt,
    future::{Either, select},
};
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::time::timeout;

use super::{driver::Driver, mailbox::Mailbox};
use crate::{
    hub::{ConnId, SocketEnd},
    protocol::{
        CloseCode, DecodeError, ErrorCode, MAX_FRAME_BYTES, RawClientMsg, RawServerMsg, ServerMsg,
        decode_client,
    },
    server::net::host::RequestedHost,
};

/// Buffer that tungstenite keeps for reading, per socket. Its default, 128 KiB, is most of a connection's
/// memory.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames above [`MAX_FRAME_BYTES`] are read to their end up to here: a socket that is closed with unread
/// bytes is reset, and the client never learns why.
const READ_LIMIT_BYTES: usize = 4 * MAX_FRAME_BYTES;
/// Sustained messages per second.
const SUSTAINED_RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// Messages in a burst: two descriptions and 30 candidates for each of the 24 peers of a full room.
const BURST: NonZeroU32 = NonZeroU32::new(800).unwrap();
/// Time to write the queued messages and to receive the client's close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// Sets the size limits of a socket.
pub(crate) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(READ_BUFFER_BYTES)
        .max_frame_size(READ_LIMIT_BYTES)
        .max_message_size(READ_LIMIT_BYTES)
}

/// Serves one socket until it is gone.
pub(crate) async fn serve(socket: WebSocket, driver: Arc<Driver>, requested: RequestedHost) {
    let (conn, mailbox) = driver.connect(requested);
    Connection { socket, driver: &driver, conn, mailbox: &mailbox, batch: VecDeque::new() }.run().await;
}

/// What a frame means to this shell.
#[derive(Debug)]
enum Incoming {
    Frame(Result<RawClientMsg, DecodeError>),
    TooLarge,
    Control,
    Closed(SocketEnd),
}

struct Connection<'a, S> {
    socket: S,
    driver: &'a Driver,
    conn: ConnId,
    mailbox: &'a Mailbox,
    /// Taken from the mailbox, not yet written.
    batch: VecDeque<Utf8Bytes>,
}

impl<S, E> Connection<'_, S>
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Unpin,
{
    async fn run(mut self) {
        let limiter = DefaultDirectRateLimiter::direct(Quota::per_second(SUSTAINED_RATE).allow_burst(BURST));
        loop {
            tokio::select! {
                // Reads everything that is available before writing, so that the answers go out together.
                biased;
                message = self.socket.next() => {
                    let incoming = classify(message);
                    if !matches!(incoming, Incoming::Closed(_)) && limiter.check().is_err() {
                        self.driver.terminate(self.conn, Some(rate_limited()), CloseCode::RateLimited);
                        continue;
                    }
                    match incoming {
                        Incoming::Frame(frame) => self.driver.frame(self.conn, frame),
                        Incoming::TooLarge => self.driver.terminate(self.conn, None, CloseCode::TooLarge),
                        Incoming::Control => {}
                        Incoming::Closed(end) => {
                            self.driver.closed(self.conn, end);
                            return self.close(None).await;
                        }
                    }
                }
                close = self.mailbox.take(&mut self.batch) => {
                    if let Some(code) = close {
                        return self.close(Some(code)).await;
                    }
                    if !self.write_batch().await {
                        return;
                    }
                }
            }
        }
    }

    /// Writes the batch. Returns false if that fails, or takes too long after the mailbox is closed.
    async fn write_batch(&mut self) -> bool {
        let mailbox = self.mailbox;
        let written = match select(pin!(self.write()), pin!(mailbox.closing())).await {
            Either::Left((written, _)) => written.is_ok(),
            Either::Right(((), writing)) => matches!(timeout(CLOSE_GRACE, writing).await, Ok(Ok(()))),
        };
        if !written {
            // The driver ignores this if it closed the mailbox itself.
            self.driver.closed(self.conn, SocketEnd::Lost);
        }
        written
    }

    async fn write(&mut self) -> Result<(), <S as Sink<Message>>::Error> {
        while let Some(text) = self.batch.pop_front() {
            self.socket.feed(Message::Text(text)).await?;
        }
        self.socket.flush().await
    }

    /// Writes what is left, then the close frame if it is this side that closes, and waits for the other
    /// side's.
    async fn close(&mut self, code: Option<CloseCode>) {
        let goodbye = async {
            if let Some(code) = code {
                self.write().await?;
                let frame = CloseFrame { code: code.number(), reason: Utf8Bytes::default() };
                self.socket.send(Message::Close(Some(frame))).await?;
            }
            // Reads and drops what still comes in: a socket that is closed with unread bytes is reset.
            while let Some(Ok(_)) = self.socket.next().await {}
            Ok::<(), <S as Sink<Message>>::Error>(())
        };
        // A client that does not answer in time is dropped.
        let _ = timeout(CLOSE_GRACE, goodbye).await;
    }
}

fn classify<E>(message: Option<Result<Message, E>>) -> Incoming {
    match message {
        Some(Ok(Message::Text(text))) if text.len() > MAX_FRAME_BYTES => Incoming::TooLarge,
        Some(Ok(Message::Binary(bytes))) if bytes.len() > MAX_FRAME_BYTES => Incoming::TooLarge,
        Some(Ok(Message::Text(text))) => Incoming::Frame(decode_client(&text)),
        Some(Ok(Message::Binary(_))) => Incoming::Frame(Err(DecodeError {
            code: ErrorCode::BadMessage,
            message: "a binary frame; this protocol is text".to_owned(),
        })),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Control,
        Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) if code == CloseCode::PageClosed.number() => {
            Incoming::Closed(SocketEnd::PageClosed)
        }
        // A client that hangs up closes with 1000 or without a code, an unloaded page with 1001.
        Some(Ok(
            Message::Close(None)
            | Message::Close(Some(CloseFrame { code: close_code::AWAY | close_code::NORMAL, .. })),
        )) => Incoming::Closed(SocketEnd::PageGone),
        Some(Ok(Message::Close(Some(_))) | Err(_)) | None => Incoming::Closed(SocketEnd::Lost),
    }
}

fn rate_limited() -> RawServerMsg {
    ServerMsg::Error {
        code: ErrorCode::RateLimited,
        message: format!("more than {SUSTAINED_RATE} messages a second"),
    }
}
