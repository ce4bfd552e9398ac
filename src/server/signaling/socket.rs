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
/// Messages per second, for as long as one likes.
const SUSTAINED_RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// Messages at once: two descriptions and 30 candidates for each of 24 peers, the most that a room holds.
const BURST: NonZeroU32 = NonZeroU32::new(800).unwrap();
/// Time to write what is left and to hear the client's close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// Sets the limits of a socket that is about to be opened.
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

/// A frame as far as this shell looks into it.
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
                // Reads all that has come before it writes: the answers then go out together.
                biased;
                message = self.socket.next() => {
                    let incoming = look_at(message);
                    if !matches!(incoming, Incoming::Closed(_)) && limiter.check().is_err() {
                        self.driver.evict(self.conn, Some(rate_limited()), CloseCode::RateLimited);
                        continue;
                    }
                    match incoming {
                        Incoming::Frame(frame) => self.driver.frame(self.conn, frame),
                        Incoming::TooLarge => self.driver.evict(self.conn, None, CloseCode::TooLarge),
                        Incoming::Control => {}
                        Incoming::Closed(end) => {
                            self.driver.closed(self.conn, end);
                            return self.say_goodbye(None).await;
                        }
                    }
                }
                close = self.mailbox.take(&mut self.batch) => {
                    if let Some(code) = close {
                        return self.say_goodbye(Some(code)).await;
                    }
                    if !self.write_batch().await {
                        return;
                    }
                }
            }
        }
    }

    /// Writes the batch; false if that cannot be done, or not within the time that a closed mailbox leaves.
    async fn write_batch(&mut self) -> bool {
        let mailbox = self.mailbox;
        let written = match select(pin!(self.write()), pin!(mailbox.closing())).await {
            Either::Left((written, _)) => written.is_ok(),
            Either::Right(((), writing)) => matches!(timeout(CLOSE_GRACE, writing).await, Ok(Ok(()))),
        };
        if !written {
            // No news to the driver if it was the one that closed the mailbox.
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
    async fn say_goodbye(&mut self, code: Option<CloseCode>) {
        let goodbye = async {
            if let Some(code) = code {
                self.write().await?;
                let frame = CloseFrame { code: code.number(), reason: Utf8Bytes::default() };
                self.socket.send(Message::Close(Some(frame))).await?;
            }
            // What still comes in is read and dropped: a socket that is closed with unread bytes is reset.
            while let Some(Ok(_)) = self.socket.next().await {}
            Ok::<(), <S as Sink<Message>>::Error>(())
        };
        // A client that does not answer, or is gone, has had its chance.
        let _ = timeout(CLOSE_GRACE, goodbye).await;
    }
}

fn look_at<E>(message: Option<Result<Message, E>>) -> Incoming {
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
        // A client that hangs up closes with 1000 or without a code, a page that could not say more with
        // 1001.
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
