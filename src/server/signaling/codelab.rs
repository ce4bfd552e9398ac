//! One page of the tutorial: the task that stands between its Socket.IO session and the [`Driver`], for which
//! it is a socket like any other. [`Codelab`] translates; `web::codelab` has the session.

use std::{collections::VecDeque, future::pending, pin::pin, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::driver::Driver;
use crate::{
    codelab::{Codelab, Effect, Input},
    hub::{ConnId, SocketEnd},
    protocol::{CloseCode, PeerId, ServerMsg},
    sansio::{Core, Millis},
    server::net::{gate::Permit, host::RequestedHost},
};

/// A page without a seat is disconnected after this time.
const SEAT_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes that may wait for one page.
const MAX_WAITING_BYTES: usize = 1024 * 1024;
/// What a page is told may wait for so many heartbeats: then one that does not read is disconnected.
const HEARTBEATS_WAITING: u32 = 2;

/// What is known of a page from the request that opened its session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The place of the session, which is that of a connection.
    pub(crate) permit: Arc<Permit>,
    pub(crate) requested: RequestedHost,
    /// The addresses of this server that the page may be told.
    pub(crate) addresses: Vec<String>,
}

/// An event of the page.
#[derive(Debug)]
pub(crate) struct PageEvent {
    /// What it is; nothing for an event that the tutorial does not have.
    pub(crate) input: Option<Input>,
    /// How long it was. Held until it is handled.
    pub(crate) bytes: usize,
}

/// The session of a page.
pub(crate) struct Session {
    /// Its name in the tutorial's messages.
    pub(crate) id: String,
    /// Ends when the page sends too much.
    pub(crate) events: mpsc::Receiver<PageEvent>,
    /// Ready when the session has ended, with how it did.
    pub(crate) ended: oneshot::Receiver<SocketEnd>,
}

/// Serves one page until its session ends, or must end. `emit` sends an event and returns false if it cannot.
pub(crate) async fn serve(
    driver: Arc<Driver>,
    visitor: Visitor,
    session: Session,
    emit: impl FnMut(&'static str, Vec<Value>) -> bool + Send,
) {
    let Visitor { permit, requested, addresses } = visitor;
    let Session { id, mut events, ended } = session;
    let (conn, mailbox) = driver.connect_for_pairs(requested, Arc::clone(&permit));
    let mut page = Page {
        driver: &driver,
        permit: &permit,
        conn,
        codelab: Codelab::new(id, addresses),
        emit,
        started: Instant::now(),
        waiting: VecDeque::new(),
        waiting_bytes: 0,
        has_seat: false,
        seat_due: Instant::now() + SEAT_TIMEOUT,
    };
    let mut batch = VecDeque::<Utf8Bytes>::new();
    let mut ended = pin!(ended);
    let mut reason = page.drain();
    while reason.is_none() {
        let due = page.due();
        let timer = async {
            match due {
                Some(at) => sleep_until(at).await,
                None => pending().await,
            }
        };
        reason = tokio::select! {
            biased;
            () = permit.evicted() => Some(End::Gone(SocketEnd::Lost)),
            end = &mut ended => Some(End::Gone(end.unwrap_or(SocketEnd::Lost))),
            event = events.recv() => match event {
                Some(event) => page.on_event(event),
                None => Some(End::Violated(CloseCode::RateLimited)),
            },
            close = mailbox.take(&mut batch) => {
                let told = page.on_messages(&mut batch);
                // The driver knows that it has closed the socket.
                close.map(|_| End::Closed).or(told)
            }
            () = timer => page.on_time(),
        };
    }
    match reason {
        Some(End::Gone(end)) => driver.closed(conn, end),
        Some(End::Violated(code)) => driver.terminate(conn, None, code),
        Some(End::Closed) | None => {}
    }
    permit.keep(false);
    permit.release(page.waiting_bytes);
    // The session may live longer, and have sent more than was handled.
    events.close();
    while let Ok(event) = events.try_recv() {
        permit.release(event.bytes);
    }
}

/// Why a page is served no longer.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Its session has ended.
    Gone(SocketEnd),
    /// It exceeded a limit.
    Violated(CloseCode),
    /// The driver has closed its socket.
    Closed,
}

struct Page<'a, E> {
    driver: &'a Driver,
    permit: &'a Permit,
    conn: ConnId,
    codelab: Codelab,
    emit: E,
    started: Instant,
    /// What was emitted and may not be written yet, with the time by which it must be. Unit: byte.
    waiting: VecDeque<(Instant, usize)>,
    waiting_bytes: usize,
    /// As of the last frame.
    has_seat: bool,
    seat_due: Instant,
}

impl<E: FnMut(&'static str, Vec<Value>) -> bool> Page<'_, E> {
    fn on_event(&mut self, event: PageEvent) -> Option<End> {
        self.permit.release(event.bytes);
        self.feed(event.input?)
    }

    fn on_messages(&mut self, batch: &mut VecDeque<Utf8Bytes>) -> Option<End> {
        let mut end = None;
        for text in batch.drain(..) {
            // This server has written it.
            let Ok(msg) = serde_json::from_str::<ServerMsg<Value>>(&text) else { continue };
            let is_pair = other_in(&msg).is_some_and(|peer| self.driver.knows_pairs_only(self.conn, peer));
            let fed = self.feed(Input::Hub { msg, is_pair });
            end = end.or(fed);
        }
        end
    }

    fn on_time(&mut self) -> Option<End> {
        let now = Instant::now();
        while let Some((_, bytes)) = self.waiting.pop_front_if(|(until, _)| *until <= now) {
            self.waiting_bytes -= bytes;
            self.permit.release(bytes);
        }
        if self.seat_due <= now {
            self.seat_due = now + SEAT_TIMEOUT;
            // Somebody else may have got the seat since the last frame.
            let has_seat = self.driver.has_seat(self.conn);
            if !has_seat && !self.has_seat {
                return Some(End::Violated(CloseCode::NoSeat));
            }
            self.set_seat(has_seat);
        }
        self.feed(Input::Tick)
    }

    /// When [`Self::on_time`] is due.
    fn due(&self) -> Option<Instant> {
        let codelab = self.codelab.poll_timeout().map(|at| self.started + Duration::from_millis(at.0));
        let written = self.waiting.front().map(|(until, _)| *until);
        [codelab, written, Some(self.seat_due)].into_iter().flatten().min()
    }

    fn feed(&mut self, input: Input) -> Option<End> {
        let now = self.started.elapsed().as_millis();
        self.codelab.handle_input(Millis(u64::try_from(now).unwrap_or(u64::MAX)), input);
        self.drain()
    }

    fn drain(&mut self) -> Option<End> {
        let mut end = None;
        while let Some(effect) = self.codelab.poll_effect() {
            match effect {
                Effect::Send(msg) => {
                    let has_seat = self.driver.frame(self.conn, Ok(msg));
                    self.set_seat(has_seat);
                }
                Effect::Emit(event, arguments) => {
                    if end.is_none() && !self.emit(event, arguments) {
                        end = Some(End::Violated(CloseCode::SlowConsumer));
                    }
                }
            }
        }
        end
    }

    /// Returns false if too much waits already.
    fn emit(&mut self, event: &'static str, arguments: Vec<Value>) -> bool {
        let bytes = event.len() + serde_json::to_string(&arguments).map_or(0, |text| text.len());
        if self.waiting_bytes + bytes > MAX_WAITING_BYTES {
            return false;
        }
        self.waiting_bytes += bytes;
        self.permit.hold(bytes);
        let until = Instant::now() + HEARTBEATS_WAITING * self.driver.heartbeat();
        self.waiting.push_back((until, bytes));
        (self.emit)(event, arguments)
    }

    fn set_seat(&mut self, has_seat: bool) {
        if self.has_seat != has_seat {
            self.permit.keep(has_seat);
            self.seat_due = Instant::now() + SEAT_TIMEOUT;
        }
        self.has_seat = has_seat;
    }
}

/// The other person of whom this message speaks as somebody in the room.
fn other_in(msg: &ServerMsg<Value>) -> Option<PeerId> {
    if let ServerMsg::Joined { peers, .. } = msg {
        return peers.first().map(|peer| peer.id);
    }
    if let ServerMsg::PeerJoined { peer, .. } = msg { Some(peer.id) } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Mutex;

    use serde_json::json;
    use tokio::time::timeout;

    use super::*;
    use crate::{
        hub::HubConfig,
        server::{
            net::gate::{Gate, LimitSettings},
            ops::revoked::RevokedTokens,
            signaling::ice_servers::IceServers,
        },
    };

    /// A page, what it was told, and the task that serves it.
    struct Served {
        gate: Arc<Gate>,
        events: mpsc::Sender<PageEvent>,
        end: Option<oneshot::Sender<SocketEnd>>,
        told: Arc<Mutex<Vec<&'static str>>>,
        task: tokio::task::JoinHandle<()>,
    }

    fn page() -> Served {
        let gate = Arc::new(Gate::new(LimitSettings::default(), Arc::new([]), 7, |_| {}));
        let permit = Arc::new(gate.admit([192, 0, 2, 1].into()).unwrap());
        let (ice, revoked) = (IceServers::default(), RevokedTokens::default());
        let driver = Arc::new(Driver::new(HubConfig::default(), ice, 20, [7; 32], [7; 32], revoked));
        let timer = Arc::clone(&driver);
        tokio::spawn(async move { timer.run_timer().await });
        let (events, received) = mpsc::channel(1_000);
        let (end, ended) = oneshot::channel();
        let told = Arc::<Mutex<Vec<&'static str>>>::default();
        let visitor = Visitor { permit, requested: RequestedHost::default(), addresses: Vec::new() };
        let session = Session { id: "me".to_owned(), events: received, ended };
        let record = Arc::clone(&told);
        let task = tokio::spawn(serve(driver, visitor, session, move |event, _| {
            record.lock().unwrap().push(event);
            true
        }));
        Served { gate, events, end: Some(end), told, task }
    }

    impl Served {
        async fn says(&self, input: Input) {
            self.events.send(PageEvent { input: Some(input), bytes: 0 }).await.unwrap();
        }

        fn has_ended(&self) -> bool {
            self.task.is_finished()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_without_a_seat_is_disconnected_after_a_minute() {
        let page = page();
        let began = Instant::now();
        page.task.await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_with_a_seat_stays_until_its_session_ends() {
        let mut page = page();
        page.says(Input::CreateOrJoin(json!("foo"))).await;
        assert!(timeout(Duration::from_secs(500), &mut page.task).await.is_err(), "it stays");
        assert!(page.told.lock().unwrap().contains(&"created"));
        page.end.take().unwrap().send(SocketEnd::PageGone).unwrap();
        page.task.await.unwrap();
        assert_eq!(page.gate.sizes(), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_not_be_written_yet_is_held_and_bounded() {
        let page = page();
        page.says(Input::CreateOrJoin(json!("foo"))).await;
        let large = "x".repeat(60_000);
        for _ in 0..10 {
            page.says(Input::Message(json!(large))).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let held = page.gate.sizes().1;
        assert!((600_000..700_000).contains(&held), "the echo: {held}");
        tokio::time::sleep(Duration::from_secs(25)).await;
        assert_eq!(page.gate.sizes().1, 0);
        for _ in 0..20 {
            page.says(Input::Message(json!(large))).await;
        }
        page.task.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_sends_too_much_is_disconnected() {
        let page = page();
        let Served { events, task, end, .. } = page;
        drop(events);
        task.await.unwrap();
        drop(end);
    }

    #[tokio::test(start_paused = true)]
    async fn events_that_the_tutorial_does_not_have_do_nothing() {
        let page = page();
        page.events.send(PageEvent { input: None, bytes: 10 }).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!page.has_ended() && page.told.lock().unwrap().is_empty());
    }
}
