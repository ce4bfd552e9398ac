//! The hub's driver: one lock that every connection's task takes for a moment, and one timer.
//!
//! Under the lock: one input, one full drain. Nothing is awaited there and no socket is touched; messages go
//! into mailboxes. So a relayed message costs one lock and one wake-up, and no task sits between two sockets.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use axum::extract::ws::Utf8Bytes;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{counters::Counters, ice_servers::IceServers, mailbox::Mailbox};
use crate::{
    hub::{ConnId, Effect, Hub, HubConfig, Input, SocketEnd, Stats},
    protocol::{
        CloseCode, DecodeError, IceServer, PeerId, RawClientMsg, RawServerMsg, RoomName, ServerMsg, encode,
    },
    sansio::Millis,
    server::net::host::RequestedHost,
};

/// The hub and the mailboxes of its sockets.
#[derive(Debug)]
pub(crate) struct Driver {
    state: Mutex<State>,
    /// Tells the timer that the next deadline came closer.
    earlier: Notify,
    started: Instant,
    ice: IceServers,
    counters: Counters,
}

/// How much there is at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) rooms: usize,
    pub(crate) people: usize,
    pub(crate) sockets: usize,
    pub(crate) stats: Stats,
}

/// A socket, as far as the driver cares.
#[derive(Debug)]
struct Socket {
    mailbox: Arc<Mailbox>,
    requested: RequestedHost,
    /// Whose logins for TURN servers it was told, and when to tell new ones.
    logins: Option<(PeerId, Millis)>,
}

#[derive(Debug)]
struct State {
    hub: Hub,
    sockets: HashMap<ConnId, Socket>,
    last_conn: u64,
    /// What the timer sleeps until.
    armed: Option<Millis>,
    stopping: bool,
}

impl Driver {
    /// A driver with an empty hub. Someone must [`Self::run_timer`].
    pub(crate) fn new(config: HubConfig, ice: IceServers, token_key: [u8; 32], seed: [u8; 32]) -> Self {
        let hub = Hub::new(Millis(0), config, token_key, seed);
        let state = State { hub, sockets: HashMap::new(), last_conn: 0, armed: None, stopping: false };
        Self {
            state: Mutex::new(state),
            earlier: Notify::new(),
            started: Instant::now(),
            ice,
            counters: Counters::default(),
        }
    }

    /// What has been counted so far.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What is there now.
    pub(crate) fn counts(&self) -> Counts {
        let State { hub, sockets, .. } = &*self.lock();
        let (rooms, people) = (hub.room_count(), hub.seat_count());
        Counts { rooms, people, sockets: sockets.len(), stats: hub.stats() }
    }

    /// Whether everybody is being sent away.
    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Takes in a new socket.
    pub(super) fn connect(&self, requested: RequestedHost) -> (ConnId, Arc<Mailbox>) {
        let mut state = self.lock();
        state.last_conn += 1;
        let conn = ConnId(state.last_conn);
        let mailbox = Arc::new(Mailbox::default());
        if state.stopping {
            mailbox.close(CloseCode::GoingAway);
        } else {
            state.sockets.insert(conn, Socket { mailbox: Arc::clone(&mailbox), requested, logins: None });
            self.feed(&mut state, Input::Connected { conn });
        }
        (conn, mailbox)
    }

    /// Passes a frame on.
    pub(super) fn frame(&self, conn: ConnId, frame: Result<RawClientMsg, DecodeError>) {
        let mut state = self.lock();
        if state.sockets.contains_key(&conn) {
            self.feed(&mut state, Input::Frame { conn, frame });
        }
    }

    /// Takes note that somebody is given the page of this room.
    pub(crate) fn page_served(&self, room: RoomName) {
        self.feed(&mut self.lock(), Input::PageServed { room });
    }

    /// Takes note that a socket is gone.
    pub(super) fn closed(&self, conn: ConnId, end: SocketEnd) {
        let mut state = self.lock();
        if state.sockets.remove(&conn).is_some() {
            self.feed(&mut state, Input::Closed { conn, end });
        }
    }

    /// Closes a socket that broke a limit of the shell, with a last word.
    pub(super) fn evict(&self, conn: ConnId, last_word: Option<RawServerMsg>, code: CloseCode) {
        let mut state = self.lock();
        let Some(Socket { mailbox, .. }) = state.sockets.remove(&conn) else { return };
        self.counters.closed(code);
        if let Some(msg) = last_word {
            self.counters.sent(&msg, 0);
            // A full mailbox has worse problems than a missing explanation.
            let _ = mailbox.push(encode(&msg).into());
        }
        mailbox.close(code);
        self.feed(&mut state, Input::Closed { conn, end: SocketEnd::Lost });
    }

    /// Tells everybody when to come back and closes every socket with 1001; from now on without a word.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        self.feed(&mut state, Input::Stop);
    }

    /// Wakes the hub at its deadlines, for as long as it is polled.
    pub(crate) async fn run_timer(&self) {
        loop {
            let next = self.tick();
            let earlier = self.earlier.notified();
            match next {
                Some(at) => tokio::select! {
                    () = sleep_until(self.started + Duration::from_millis(at.0)) => {}
                    () = earlier => {}
                },
                None => earlier.await,
            }
        }
    }

    /// Ticks if a deadline has passed, and says when the next one is.
    fn tick(&self) -> Option<Millis> {
        let mut state = self.lock();
        if state.hub.poll_timeout().is_some_and(|at| at <= self.now()) {
            self.feed(&mut state, Input::Tick);
        }
        state.armed = state.hub.poll_timeout();
        state.armed
    }

    /// One input and its full drain; then one more for every socket that turned out to be stuck.
    fn feed(&self, state: &mut State, input: Input) {
        let began = std::time::Instant::now();
        let now = self.now();
        state.hub.handle_input(now, input);
        let mut stuck = Vec::new();
        self.drain(state, &mut stuck);
        while let Some(conn) = stuck.pop() {
            state.hub.handle_input(now, Input::Closed { conn, end: SocketEnd::Lost });
            self.drain(state, &mut stuck);
        }
        let next = state.hub.poll_timeout();
        if next.is_some_and(|next| state.armed.is_none_or(|armed| next < armed)) {
            state.armed = next;
            self.earlier.notify_one();
        }
        self.counters.handled(began.elapsed());
    }

    fn drain(&self, state: &mut State, stuck: &mut Vec<ConnId>) {
        while let Some(effect) = state.hub.poll_effect() {
            match effect {
                Effect::Send { conn, msg } => {
                    let Some(socket) = state.sockets.get_mut(&conn) else { continue };
                    let renewal = self.renewal(socket, &msg);
                    let text = self.text(msg, socket);
                    let texts = [Some(text), renewal];
                    let push = |text| socket.mailbox.push(text).map(|depth| self.counters.queued(depth));
                    if texts.into_iter().flatten().try_for_each(push).is_err() {
                        socket.mailbox.close(CloseCode::SlowConsumer);
                        self.counters.closed(CloseCode::SlowConsumer);
                        state.sockets.remove(&conn);
                        stuck.push(conn);
                    }
                }
                Effect::Close { conn, code } => {
                    if let Some(Socket { mailbox, .. }) = state.sockets.remove(&conn) {
                        mailbox.close(code);
                        self.counters.closed(code);
                    }
                }
            }
        }
    }

    /// The message as text, with the servers of the operator filled in where the hub knows of none.
    fn text(&self, mut msg: RawServerMsg, socket: &mut Socket) -> Utf8Bytes {
        if let ServerMsg::Joined { you, ice_servers, .. } = &mut msg {
            *ice_servers = self.ice_servers(*you, socket);
        }
        let text = encode(&msg);
        self.counters.sent(&msg, text.len());
        text.into()
    }

    /// With a heartbeat come new logins, if the ones before have lived for half of their time.
    fn renewal(&self, socket: &mut Socket, msg: &RawServerMsg) -> Option<Utf8Bytes> {
        let is_due = |(_, at): &(PeerId, Millis)| *at <= self.now() && matches!(msg, ServerMsg::Heartbeat);
        let (peer, _) = socket.logins.filter(is_due)?;
        let renewal: RawServerMsg = ServerMsg::IceServers { ice_servers: self.ice_servers(peer, socket) };
        Some(encode(&renewal).into())
    }

    fn ice_servers(&self, peer: PeerId, socket: &mut Socket) -> Vec<IceServer> {
        let half = self.ice.login_lifetime().map(|lifetime| lifetime.as_millis() as u64 / 2);
        socket.logins = half.map(|half| (peer, self.now() + half));
        self.ice.for_peer(peer, &socket.requested, SystemTime::now())
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
