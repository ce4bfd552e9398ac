//! Clients that are connected by TCP or TLS.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    time::{Instant, sleep, timeout as timeout_in},
};

use super::{Relay, outgoing::Outgoing};
use crate::turn::{ClientSocket, FrameDecoder, Transport};

/// A stream without an allocation is closed when this has passed.
const ALLOCATION_TIMEOUT: Duration = Duration::from_secs(30);
/// Read at a time. The decoder holds an incomplete frame of 16 KiB besides, in a buffer of up to 48 KiB.
const READ_BYTES: usize = 8 * 1024;
/// Capacity that the write buffer keeps after a burst.
const KEPT_BYTES: usize = 16 * 1024;

impl Relay {
    /// Serves a stream until it ends, then deletes the allocation of its client. The stream must have a write
    /// timeout. `on_lasting` is called when it has had an allocation for some time.
    pub(crate) async fn serve_stream<S>(
        self: &Arc<Self>,
        stream: S,
        remote: SocketAddr,
        local: SocketAddr,
        on_lasting: impl Fn(),
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let canonical = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
        let client =
            ClientSocket { transport: Transport::Tcp, remote: canonical(remote), local: canonical(local) };
        let registered = RegisteredStream::new(self, client);
        let (mut reading, mut writing) = split(stream);
        let write = async {
            let mut frames = Vec::new();
            loop {
                // All queued frames in one call: with TLS, in one record.
                registered.outgoing.take(&mut frames).await;
                if writing.write_all(&frames).await.is_err() || writing.flush().await.is_err() {
                    return;
                }
                frames.clear();
                frames.shrink_to(KEPT_BYTES);
            }
        };
        let read = async {
            let mut decoder = FrameDecoder::default();
            let mut buffer = vec![0; READ_BYTES];
            let mut timeout = pin!(sleep(ALLOCATION_TIMEOUT));
            loop {
                let read = tokio::select! {
                    biased;
                    read = reading.read(&mut buffer) => read,
                    () = &mut timeout => {
                        if !self.lock().turn.has_allocation(client) {
                            return;
                        }
                        on_lasting();
                        timeout.as_mut().reset(Instant::now() + ALLOCATION_TIMEOUT);
                        continue;
                    }
                };
                let Ok(length @ 1..) = read else { return };
                decoder.push(buffer.get(..length).unwrap_or_default());
                loop {
                    match decoder.next_frame() {
                        Ok(Some(frame)) => {
                            if let Some(response) = self.handle(client, frame) {
                                let sending = registered.outgoing.send(&response);
                                if timeout_in(ALLOCATION_TIMEOUT, sending).await.is_err() {
                                    return;
                                }
                            }
                        }
                        Ok(None) => break,
                        Err(_) => return,
                    }
                }
            }
        };
        tokio::select! {
            biased;
            () = write => {}
            () = read => {}
        }
    }
}

/// A stream among those of the relay. Dropping it deletes the allocation of its client.
struct RegisteredStream<'a> {
    relay: &'a Relay,
    client: ClientSocket,
    outgoing: Arc<Outgoing>,
}

impl<'a> RegisteredStream<'a> {
    fn new(relay: &'a Relay, client: ClientSocket) -> Self {
        let outgoing = Arc::<Outgoing>::default();
        relay.lock().streams.insert(client, Arc::clone(&outgoing));
        Self { relay, client, outgoing }
    }
}

impl Drop for RegisteredStream<'_> {
    fn drop(&mut self) {
        let mut state = self.relay.lock();
        // A new stream from the same port may have replaced this one.
        let is_ours = |outgoing: &Arc<Outgoing>| Arc::ptr_eq(outgoing, &self.outgoing);
        if state.streams.get(&self.client).is_some_and(is_ours) {
            state.streams.remove(&self.client);
            state.turn.handle_client_closed(self.client);
            let deleted = state.take_deleted();
            drop(state);
            drop(deleted);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tokio::io::{DuplexStream, duplex};

    use super::*;
    use crate::{server::relay::settings::TurnSettings, turn::binding_request};

    const ADA: &str = "198.51.100.7:4000";

    fn relay() -> Arc<Relay> {
        let settings =
            TurnSettings { listen: Some("127.0.0.1:0".parse().unwrap()), ..TurnSettings::default() };
        Arc::new(
            Relay::open(
                &settings,
                "127.0.0.1:0".parse().unwrap(),
                2,
                Duration::from_secs(600),
                200,
                &[7; 32],
            )
            .unwrap()
            .unwrap(),
        )
    }

    fn open(relay: &Arc<Relay>) -> (DuplexStream, tokio::task::JoinHandle<()>) {
        let (near, far) = duplex(64 * 1024);
        let relay = Arc::clone(relay);
        let serving = async move {
            relay.serve_stream(far, ADA.parse().unwrap(), "127.0.0.1:443".parse().unwrap(), || {}).await;
        };
        (near, tokio::spawn(serving))
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_without_an_allocation_is_closed_however_much_it_sends() {
        let relay = relay();
        let (mut stream, served) = open(&relay);
        let began = Instant::now();
        let question = binding_request([7; 12]);
        while stream.write_all(&question).await.is_ok() && began.elapsed() < ALLOCATION_TIMEOUT * 2 {
            sleep(Duration::from_secs(1)).await;
        }
        assert!(began.elapsed() <= ALLOCATION_TIMEOUT + Duration::from_secs(1), "{:?}", began.elapsed());
        served.await.unwrap();
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).await.unwrap();
        assert!(answers.len() > 20 * question.len(), "each was answered");
        assert!(relay.lock().streams.is_empty());
    }

    /// It takes a few bytes now and then, so that no write lasts long.
    #[tokio::test(start_paused = true)]
    async fn a_stream_without_an_allocation_is_closed_though_its_answers_wait() {
        let relay = relay();
        let (stream, served) = open(&relay);
        let (mut reading, mut writing) = split(stream);
        let asking =
            tokio::spawn(async move { while writing.write_all(&binding_request([7; 12])).await.is_ok() {} });
        let began = Instant::now();
        while reading.read(&mut [0; 8]).await.is_ok_and(|length| length > 0)
            && began.elapsed() < 4 * ALLOCATION_TIMEOUT
            && !served.is_finished()
        {
            sleep(Duration::from_secs(1)).await;
        }
        assert!(served.is_finished(), "{:?}", began.elapsed());
        asking.abort();
        assert!(relay.lock().streams.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_invalid_frame_ends_the_stream() {
        let relay = relay();
        let (mut stream, served) = open(&relay);
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        served.await.unwrap();
        assert!(relay.lock().streams.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_stream_deletes_nothing_of_the_next_one_from_the_same_port() {
        let relay = relay();
        let (first, served) = open(&relay);
        while relay.lock().streams.is_empty() {
            tokio::task::yield_now().await;
        }
        let (second, _serving) = open(&relay);
        let before = Arc::as_ptr(relay.lock().streams.values().next().unwrap());
        while Arc::as_ptr(relay.lock().streams.values().next().unwrap()) == before {
            tokio::task::yield_now().await;
        }
        drop(first);
        served.await.unwrap();
        assert_eq!(relay.lock().streams.len(), 1);
        drop(second);
    }
}
