//! Clients that are connected by TCP or TLS.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::{Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, split},
    time::{Instant, sleep, timeout as timeout_in},
};

use super::{
    Relay,
    outgoing::{Outgoing, recount},
};
use crate::{
    server::net::gate::Permit,
    turn::{ClientSocket, FrameDecoder, Transport},
};

/// A stream without an allocation is closed when this has passed.
const ALLOCATION_TIMEOUT: Duration = Duration::from_secs(30);
/// Read at a time. The decoder holds an incomplete frame of 16 KiB besides, in a buffer of up to 48 KiB.
const READ_BYTES: usize = 8 * 1024;

thread_local! {
    /// Nobody awaits while bytes are in it, so that idle streams need none.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

impl Relay {
    /// Serves a stream until it ends, then deletes the allocation of its client. The stream must have a write
    /// timeout. Its buffers count as memory of the connection, which is kept once it has had an allocation
    /// for some time.
    pub(crate) async fn serve_stream<S>(
        self: &Arc<Self>,
        stream: S,
        remote: SocketAddr,
        local: SocketAddr,
        permit: &Arc<Permit>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let canonical = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
        let client =
            ClientSocket { transport: Transport::Tcp, remote: canonical(remote), local: canonical(local) };
        let registered = RegisteredStream::new(self, client, permit);
        let (mut reading, mut writing) = split(stream);
        let write = async {
            let mut frames = Vec::new();
            loop {
                // All queued frames in one call: with TLS, in one record.
                registered.outgoing.take(&mut frames).await;
                if writing.write_all(&frames).await.is_err() || writing.flush().await.is_err() {
                    return;
                }
            }
        };
        let read = async {
            let mut decoder = FrameDecoder::default();
            let mut held = 0;
            let mut timeout = pin!(sleep(ALLOCATION_TIMEOUT));
            loop {
                let read = tokio::select! {
                    biased;
                    read = read_into(&mut decoder, &mut reading) => read,
                    () = &mut timeout => {
                        if !self.lock().turn.has_allocation(client) {
                            return;
                        }
                        permit.keep(true);
                        timeout.as_mut().reset(Instant::now() + ALLOCATION_TIMEOUT);
                        continue;
                    }
                };
                let Ok(1..) = read else { return };
                loop {
                    match decoder.next_frame() {
                        Ok(Some(frame)) => {
                            let Ok(response) = self.handle(client, frame) else { return };
                            if let Some(response) = response {
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
                decoder.shrink();
                recount(permit, held, decoder.capacity());
                held = decoder.capacity();
            }
        };
        tokio::select! {
            biased;
            () = write => {}
            () = read => {}
        }
    }
}

/// Reads what has come, and returns how much; 0 at the end of the stream.
async fn read_into(decoder: &mut FrameDecoder, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
    poll_fn(|cx| {
        READ.with_borrow_mut(|buffer| {
            let mut read = ReadBuf::new(buffer);
            ready!(Pin::new(&mut *stream).poll_read(cx, &mut read))?;
            decoder.push(read.filled());
            Poll::Ready(Ok(read.filled().len()))
        })
    })
    .await
}

/// A stream among those of the relay. Dropping it deletes the allocation of its client.
struct RegisteredStream<'a> {
    relay: &'a Relay,
    client: ClientSocket,
    outgoing: Arc<Outgoing>,
}

impl<'a> RegisteredStream<'a> {
    fn new(relay: &'a Relay, client: ClientSocket, permit: &Arc<Permit>) -> Self {
        let outgoing = Arc::new(Outgoing::new(Arc::downgrade(permit)));
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

    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::*;
    use crate::{
        server::{
            net::gate::{Gate, LimitSettings},
            relay::settings::TurnSettings,
        },
        turn::binding_request,
    };

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

    fn gate() -> Arc<Gate> {
        Arc::new(Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {}))
    }

    fn open(relay: &Arc<Relay>) -> (DuplexStream, tokio::task::JoinHandle<()>) {
        open_at(relay, &gate())
    }

    fn open_at(relay: &Arc<Relay>, gate: &Arc<Gate>) -> (DuplexStream, tokio::task::JoinHandle<()>) {
        let (near, far) = duplex(64 * 1024);
        let relay = Arc::clone(relay);
        let remote: SocketAddr = ADA.parse().unwrap();
        let permit = Arc::new(gate.admit(remote.ip()).unwrap());
        let serving = async move {
            relay.serve_stream(far, remote, "127.0.0.1:443".parse().unwrap(), &permit).await;
        };
        (near, tokio::spawn(serving))
    }

    /// Lets all tasks run until what is held is as it should be.
    async fn until_held(gate: &Gate, is_right: impl Fn(usize) -> bool) {
        for _ in 0..10_000 {
            if is_right(gate.sizes().1) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("{} bytes are held", gate.sizes().1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_read_in_part_and_what_waits_to_be_written_is_held() {
        let (relay, gate) = (relay(), gate());
        let (mut stream, served) = open_at(&relay, &gate);
        let question = binding_request([7; 12]);
        stream.write_all(&question).await.unwrap();
        stream.read_exact(&mut [0; 32]).await.unwrap();
        let idle = gate.sizes().1;
        assert!(idle < 1_024, "{idle}");

        // ChannelData of 12,000 bytes, all but the last.
        stream.write_all(&[0x40, 0, 0x2E, 0xE0]).await.unwrap();
        stream.write_all(&[7; 11_999]).await.unwrap();
        until_held(&gate, |held| held >= idle + 12_003).await;
        stream.write_all(&[7]).await.unwrap();
        until_held(&gate, |held| held == idle).await;

        // More than the 64 KiB between here and there, which nobody reads.
        let outgoing = Arc::clone(relay.lock().streams.values().next().unwrap());
        for _ in 0..4 {
            for _ in 0..100 {
                outgoing.offer(&[7; 1_200]);
            }
            tokio::task::yield_now().await;
        }
        let held = gate.sizes().1;
        assert!((64 * 1_024..=112 * 1_024).contains(&held), "{held}");
        drop(stream);
        served.await.unwrap();
        assert_eq!(gate.sizes(), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn little_is_held_after_a_burst() {
        let (relay, gate) = (relay(), gate());
        let (mut stream, _serving) = open_at(&relay, &gate);
        stream.write_all(&binding_request([7; 12])).await.unwrap();
        stream.read_exact(&mut [0; 32]).await.unwrap();
        let outgoing = Arc::clone(relay.lock().streams.values().next().unwrap());
        for _ in 0..30 {
            outgoing.offer(&[7; 1_200]);
        }
        stream.read_exact(&mut [0; 36_000]).await.unwrap();
        until_held(&gate, |held| held <= 8 * 1_024).await;
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
    async fn a_stream_that_never_authenticates_is_closed() {
        let relay = relay();
        let (mut stream, served) = open(&relay);
        let began = Instant::now();
        let mut request = binding_request([7; 12]);
        // Allocate.
        request[1] = 3;
        for _ in 0..19 {
            stream.write_all(&request).await.unwrap();
            stream.read_exact(&mut [0; 20]).await.unwrap();
        }
        stream.write_all(&request).await.unwrap();
        served.await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
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
