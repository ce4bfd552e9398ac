//! One page of the tutorial: the task that stands between its Socket.IO session and the [`Driver`], for which
//! it is a socket like any other. [`Codelab`] translates; `web::codelab` has the session.

use std::{
    collections::VecDeque,
    future::pending,
    pin::pin,
    sync::Arc,
    time::Duration,
};

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
    sansio::Millis,
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
            end = end.or(self.feed(Input::Hub { msg, is_pair }));
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
