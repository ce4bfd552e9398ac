//! One WebSocket, from the upgrade to its end: one task that reads frames into the [`Driver`] and writes its
//! mailbox.
//!
//! Every wait ends: a write that the client does not take is given up once the mailbox is closed, and the
//! closing handshake has a time limit.

use std::{collections::VecDeque, pin::pin, sync::Arc, time::Duration};

use futures_util::{
    Sink, SinkExt, StreamExt,
    future::{Either, select},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, Utf8Bytes,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::coding::CloseCode::{Away, Normal},
        },
    },
};

use super::{
    driver::Driver,
    frames::{Guarded, SUSTAINED_RATE, Violation},
    mailbox::Mailbox,
};
use crate::{
    hub::{ConnId, SocketEnd},
    protocol::{
        CloseCode, DecodeError, ErrorCode, MAX_FRAME_BYTES, RawClientMsg, RawServerMsg, ServerMsg,
        decode_client,
    },
    server::net::{gate::Permit, host::RequestedHost},
};

/// Buffer that tungstenite keeps for reading, per socket. Its default, 128 KiB, is most of a connection's
/// memory.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Time to write the queued messages and to receive the client's close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(1);
/// A socket without a seat is closed after this time.
const SEAT_TIMEOUT: Duration = Duration::from_secs(60);

/// Serves one socket until it is gone, or its place is needed.
pub(crate) async fn serve<S>(stream: S, driver: Arc<Driver>, requested: RequestedHost, permit: Arc<Permit>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(READ_BUFFER_BYTES)
        .max_frame_size(Some(MAX_FRAME_BYTES))
        .max_message_size(Some(MAX_FRAME_BYTES));
    let guarded = Guarded::new(stream, Arc::clone(&permit));
    let violation = guarded.violation();
    let socket = WebSocketStream::from_raw_socket(guarded, Role::Server, Some(config)).await;
    let (conn, mailbox) = driver.connect(requested, Arc::clone(&permit));
    let connection = Connection {
        socket,
        driver: &driver,
        conn,
        mailbox: &mailbox,
        permit: &permit,
        violation: &violation,
        has_seat: false,
        batch: VecDeque::new(),
    };
    tokio::select! {
        () = connection.run() => {}
        () = permit.evicted() => driver.closed(conn, SocketEnd::Lost),
    }
}

/// What a frame means to this shell.
#[derive(Debug)]
enum Incoming {
    Frame(Result<RawClientMsg, DecodeError>),
    Control,
    Closed(SocketEnd),
}

struct Connection<'a, S> {
    socket: WebSocketStream<Guarded<S>>,
    driver: &'a Driver,
    conn: ConnId,
    mailbox: &'a Mailbox,
    permit: &'a Permit,
    violation: &'a Violation,
    /// As of the last frame.
    has_seat: bool,
    /// Taken from the mailbox, not yet written.
    batch: VecDeque<Utf8Bytes>,
}

impl<S> Connection<'_, S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    async fn run(mut self) {
        let mut seat_due = pin!(sleep(SEAT_TIMEOUT));
        loop {
            tokio::select! {
                // Reads everything that is available before writing, so that the answers go out together.
                biased;
                code = self.violation.happened() => {
                    let last = (code == CloseCode::RateLimited).then(rate_limited);
                    self.driver.terminate(self.conn, last, code);
                }
                message = self.socket.next() => match classify(message) {
                    Incoming::Frame(frame) => {
                        let has_seat = self.driver.frame(self.conn, frame);
                        if self.has_seat && !has_seat {
                            seat_due.as_mut().reset(Instant::now() + SEAT_TIMEOUT);
                        }
                        self.set_seat(has_seat);
                    }
                    Incoming::Control => {}
                    Incoming::Closed(end) => {
                        self.driver.closed(self.conn, end);
                        return self.close(None).await;
                    }
                },
                close = self.mailbox.take(&mut self.batch) => {
                    if let Some(code) = close {
                        return self.close(Some(code)).await;
                    }
                    if !self.write_batch().await {
                        return;
                    }
                }
                () = &mut seat_due => {
                    seat_due.as_mut().reset(Instant::now() + SEAT_TIMEOUT);
                    // Somebody else may have got the seat since the last frame.
                    let has_seat = self.driver.has_seat(self.conn);
                    if !has_seat && !self.has_seat {
                        self.driver.terminate(self.conn, None, CloseCode::NoSeat);
                    }
                    self.set_seat(has_seat);
                }
            }
        }
    }

    fn set_seat(&mut self, has_seat: bool) {
        if self.has_seat != has_seat {
            self.permit.keep(has_seat);
        }
        self.has_seat = has_seat;
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

    async fn write(&mut self) -> Result<(), <WebSocketStream<Guarded<S>> as Sink<Message>>::Error> {
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
                let frame = CloseFrame { code: code.number().into(), reason: Utf8Bytes::default() };
                self.socket.send(Message::Close(Some(frame))).await?;
            }
            // Reads and drops what still comes in: a socket that is closed with unread bytes is reset.
            while let Some(Ok(_)) = self.socket.next().await {}
            Ok::<(), <WebSocketStream<Guarded<S>> as Sink<Message>>::Error>(())
        };
        // A client that does not answer in time is dropped.
        let _ = timeout(CLOSE_GRACE, goodbye).await;
    }
}

fn classify<E>(message: Option<Result<Message, E>>) -> Incoming {
    match message {
        Some(Ok(Message::Text(text))) => Incoming::Frame(decode_client(&text)),
        Some(Ok(Message::Binary(_))) => Incoming::Frame(Err(DecodeError {
            code: ErrorCode::BadMessage,
            message: "a binary frame; this protocol is text".to_owned(),
        })),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Incoming::Control,
        Some(Ok(Message::Close(Some(CloseFrame { code, .. }))))
            if u16::from(code) == CloseCode::PageClosed.number() =>
        {
            Incoming::Closed(SocketEnd::PageClosed)
        }
        // A client that hangs up closes with 1000 or without a code, an unloaded page with 1001.
        Some(Ok(Message::Close(None | Some(CloseFrame { code: Away | Normal, .. })))) => {
            Incoming::Closed(SocketEnd::PageGone)
        }
        Some(Ok(Message::Close(Some(_))) | Err(_)) | None => Incoming::Closed(SocketEnd::Lost),
    }
}

fn rate_limited() -> RawServerMsg {
    ServerMsg::Error {
        code: ErrorCode::RateLimited,
        message: format!("more than {SUSTAINED_RATE} messages a second"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio::io::{DuplexStream, duplex};

    use super::*;
    use crate::{
        hub::HubConfig,
        server::{
            net::gate::{Gate, LimitSettings},
            ops::revoked::RevokedTokens,
            signaling::ice_servers::IceServers,
        },
    };

    /// A client of a server without heartbeats.
    async fn connect() -> WebSocketStream<DuplexStream> {
        let gate = Arc::new(Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {}));
        let permit = Arc::new(gate.admit([192, 0, 2, 1].into()).unwrap());
        let driver = Driver::new(
            HubConfig::default(),
            IceServers::default(),
            20,
            [7; 32],
            [7; 32],
            RevokedTokens::default(),
        );
        let (near, far) = duplex(64 * 1024);
        tokio::spawn(serve(far, Arc::new(driver), RequestedHost::default(), permit));
        WebSocketStream::from_raw_socket(near, Role::Client, None).await
    }

    async fn say(client: &mut WebSocketStream<DuplexStream>, text: &'static str) -> String {
        client.send(Message::text(text)).await.unwrap();
        client.next().await.unwrap().unwrap().into_text().unwrap().to_string()
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_without_a_seat_is_closed_after_a_minute() {
        let mut client = connect().await;
        let began = Instant::now();
        sleep(Duration::from_secs(50)).await;
        say(&mut client, r#"{"type":"hello","version":1}"#).await;
        let Message::Close(Some(frame)) = client.next().await.unwrap().unwrap() else { panic!("no close") };
        assert_eq!((u16::from(frame.code), began.elapsed().as_secs()), (4007, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_with_a_seat_stays_and_has_a_minute_after_leaving_it() {
        let mut client = connect().await;
        say(&mut client, r#"{"type":"hello","version":1}"#).await;
        assert!(say(&mut client, r#"{"type":"join","room":"r"}"#).await.contains("joined"));
        assert!(timeout(Duration::from_secs(500), client.next()).await.is_err(), "nothing comes");
        client.send(Message::text(r#"{"type":"leave"}"#)).await.unwrap();
        let left = Instant::now();
        let Message::Close(Some(frame)) = client.next().await.unwrap().unwrap() else { panic!("no close") };
        assert_eq!((u16::from(frame.code), left.elapsed().as_secs()), (4007, 60));
    }
}
