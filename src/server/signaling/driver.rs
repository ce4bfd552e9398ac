//! The hub's driver: one lock that every connection's task takes for a moment, and one timer.
//!
//! Under the lock: one input, one full drain. Nothing is awaited there and no socket is touched; messages go
//! into mailboxes. So a relayed message costs one lock and one wake-up, and no task sits between two sockets.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{
    counters::Counters,
    ice_servers::IceServers,
    joins::JoinLimits,
    mailbox::{Full, Mailbox},
};
use crate::{
    hub::{ConnId, Effect, Hub, HubConfig, Input, SocketEnd, Start, Stats},
    protocol::{
        ClientMsg, CloseCode, DecodeError, ErrorCode, PeerId, RawClientMsg, RawServerMsg, RoomName,
        ServerMsg, encode_for_client,
    },
    sansio::{Core, Millis},
    server::{
        net::{gate::Permit, host::RequestedHost},
        ops::revoked::RevokedTokens,
    },
};

/// The hub and the mailboxes of its sockets.
#[derive(Debug)]
pub(crate) struct Driver {
    state: Mutex<State>,
    /// Wakes the timer when the next deadline moves closer.
    earlier: Notify,
    started: Instant,
    heartbeat: Duration,
    ice: IceServers,
    revoked: RevokedTokens,
    counters: Counters,
}

/// Sizes at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) rooms: usize,
    pub(crate) people: usize,
    pub(crate) sockets: usize,
    pub(crate) stats: Stats,
}

/// What the driver keeps of a socket.
#[derive(Debug)]
struct Socket {
    mailbox: Arc<Mailbox>,
    requested: RequestedHost,
    /// Whose joins are counted, and who is known to the TURN server.
    address: Option<IpAddr>,
}

#[derive(Debug)]
struct State {
    hub: Hub,
    sockets: HashMap<ConnId, Socket>,
    joins: JoinLimits,
    last_conn: u64,
    /// What the timer sleeps until.
    armed: Option<Millis>,
    stopping: bool,
}

impl Driver {
    /// A driver with an empty hub, for so many joins of one address per second. Someone must
    /// [`Self::run_timer`].
    pub(crate) fn new(
        config: HubConfig,
        ice: IceServers,
        joins_per_address: u32,
        token_key: [u8; 32],
        seed: [u8; 32],
        mut revoked: RevokedTokens,
    ) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = seed;
        let joins = JoinLimits::new(joins_per_address, u64::from_le_bytes([a, b, c, d, e, f, g, h]));
        let ice_lifetime_ms =
            ice.login_lifetime().and_then(|lifetime| u64::try_from(lifetime.as_millis()).ok());
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let start = Start { now: Millis(0), unix, token_key, seed };
        let heartbeat = Duration::from_millis(config.heartbeat_ms);
        let mut hub = Hub::new(HubConfig { ice_lifetime_ms, ..config }, start);
        hub.restore_revoked(std::mem::take(&mut revoked.earlier));
        let state = State { hub, sockets: HashMap::new(), joins, last_conn: 0, armed: None, stopping: false };
        Self {
            state: Mutex::new(state),
            earlier: Notify::new(),
            started: Instant::now(),
            heartbeat,
            ice,
            revoked,
            counters: Counters::default(),
        }
    }

    /// Returns the counters.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Returns the current sizes.
    pub(crate) fn counts(&self) -> Counts {
        let State { hub, sockets, .. } = &*self.lock();
        let (rooms, people) = (hub.room_count(), hub.seat_count());
        Counts { rooms, people, sockets: sockets.len(), stats: hub.stats() }
    }

    /// Returns whether [`Self::stop`] was called.
    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Registers a new socket.
    pub(super) fn connect(&self, requested: RequestedHost, permit: Arc<Permit>) -> (ConnId, Arc<Mailbox>) {
        let address = permit.counted();
        let mut state = self.lock();
        state.last_conn += 1;
        let conn = ConnId(state.last_conn);
        let mailbox = Arc::new(Mailbox::new(permit));
        if state.stopping {
            mailbox.close(CloseCode::GoingAway);
        } else {
            state.sockets.insert(conn, Socket { mailbox: Arc::clone(&mailbox), requested, address });
            self.feed(&mut state, Input::Connected { conn });
        }
        (conn, mailbox)
    }

    /// Registers a socket whose client knows calls of two only. See [`Input::KnowsPairsOnly`].
    pub(super) fn connect_for_pairs(
        &self,
        requested: RequestedHost,
        permit: Arc<Permit>,
    ) -> (ConnId, Arc<Mailbox>) {
        let (conn, mailbox) = self.connect(requested, permit);
        self.feed(&mut self.lock(), Input::KnowsPairsOnly { conn });
        (conn, mailbox)
    }

    /// Returns whether this peer in the room of this socket knows calls of two only.
    pub(super) fn knows_pairs_only(&self, conn: ConnId, peer: PeerId) -> bool {
        self.lock().hub.knows_pairs_only(conn, peer)
    }

    /// Returns the interval of heartbeats.
    pub(crate) fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    /// Handles a frame. Returns whether the socket has a seat then.
    pub(super) fn frame(&self, conn: ConnId, frame: Result<RawClientMsg, DecodeError>) -> bool {
        let mut state = self.lock();
        let Some(socket) = state.sockets.get(&conn) else { return false };
        let address = socket.address.filter(|_| is_join_by_name(self.now(), &state.hub, conn, &frame));
        if let Some(address) = address
            && state.joins.take(self.now(), address).is_err()
        {
            self.refuse_join(&mut state, conn);
            return false;
        }
        self.feed(&mut state, Input::Frame { conn, frame });
        // Whoever finds a full room knows its name.
        let is_alone = state.hub.has_seat(conn) && !state.hub.is_with_others(conn);
        if let Some(address) = address.filter(|_| is_alone) {
            state.joins.missed(self.now(), address);
        }
        state.hub.has_seat(conn)
    }

    /// Returns whether this socket has a seat.
    pub(super) fn has_seat(&self, conn: ConnId) -> bool {
        self.lock().hub.has_seat(conn)
    }

    /// The socket stays: its client may join later.
    fn refuse_join(&self, state: &mut State, conn: ConnId) {
        self.counters.refused("joins_of_network");
        let message = "too many joins from your network".to_owned();
        let error = ServerMsg::Error { code: ErrorCode::RateLimited, message };
        let mut stuck = Vec::new();
        self.send(state, conn, &error, &mut stuck);
        for conn in stuck {
            self.feed(state, Input::Closed { conn, end: SocketEnd::Lost });
        }
    }

    /// Records that the page of this room was served.
    pub(crate) fn page_served(&self, room: RoomName) {
        self.feed(&mut self.lock(), Input::PageServed { room });
    }

    /// Records the end of a socket.
    pub(super) fn closed(&self, conn: ConnId, end: SocketEnd) {
        let mut state = self.lock();
        if state.sockets.remove(&conn).is_some() {
            self.feed(&mut state, Input::Closed { conn, end });
        }
    }

    /// Closes a socket that exceeded a limit of the shell, after a last message.
    pub(super) fn terminate(&self, conn: ConnId, last: Option<RawServerMsg>, code: CloseCode) {
        let mut state = self.lock();
        let Some(Socket { mailbox, .. }) = state.sockets.remove(&conn) else { return };
        self.counters.closed(code);
        if let Some(msg) = last {
            self.counters.sent(&msg, 0);
            // If the mailbox is full, the client does not get the explanation.
            let _ = mailbox.push(encode_for_client(&msg).into());
        }
        mailbox.close(code);
        self.feed(&mut state, Input::Closed { conn, end: SocketEnd::Lost });
    }

    /// Tells every client when to come back and closes every socket with 1001. Sockets that are opened from
    /// now on are closed at once.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        state.stopping = true;
        self.feed(&mut state, Input::Stop);
    }

    /// Feeds [`Input::Tick`] at the hub's deadlines. Never returns.
    pub(crate) async fn run_timer(&self) {
        loop {
            let next = self.tick();
            // More may be due at once. Others get the lock in between.
            tokio::task::yield_now().await;
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

    /// Feeds [`Input::Tick`] if a deadline has passed, and returns the next one.
    fn tick(&self) -> Option<Millis> {
        let mut state = self.lock();
        if state.hub.poll_timeout().is_some_and(|at| at <= self.now()) {
            self.feed(&mut state, Input::Tick);
        }
        state.armed = state.hub.poll_timeout();
        state.armed
    }

    /// One input and its full drain, then one more for every socket whose mailbox was full.
    fn feed(&self, state: &mut State, input: Input) {
        let began = Instant::now();
        let now = self.at(began);
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
                Effect::Send { conn, msg } => self.send(state, conn, &msg, stuck),
                Effect::SendIceServers { conn, peer, mut msg } => {
                    let Some(socket) = state.sockets.get(&conn) else { continue };
                    if let ServerMsg::Joined { ice_servers, .. } | ServerMsg::IceServers { ice_servers } =
                        &mut msg
                    {
                        let Socket { address, requested, .. } = socket;
                        *ice_servers = self.ice.for_peer(peer, *address, requested, SystemTime::now());
                    }
                    self.send(state, conn, &msg, stuck);
                }
                Effect::Close { conn, code } => {
                    if let Some(Socket { mailbox, .. }) = state.sockets.remove(&conn) {
                        mailbox.close(code);
                        self.counters.closed(code);
                    }
                }
                Effect::Revoke(revocation) => self.revoked.keep(revocation),
                Effect::SeatEnded { peer, end } => self.ice.end_seat(peer, end),
            }
        }
    }

    /// Queues a message. A socket whose mailbox is full is closed.
    fn send(&self, state: &mut State, conn: ConnId, msg: &RawServerMsg, stuck: &mut Vec<ConnId>) {
        let Some(socket) = state.sockets.get(&conn) else { return };
        let text = encode_for_client(msg);
        self.counters.sent(msg, text.len());
        match socket.mailbox.push(text.into()) {
            Ok(depth) => self.counters.queued(depth),
            Err(Full) => {
                socket.mailbox.close(CloseCode::SlowConsumer);
                self.counters.closed(CloseCode::SlowConsumer);
                state.sockets.remove(&conn);
                stuck.push(conn);
            }
        }
    }

    fn now(&self) -> Millis {
        self.at(Instant::now())
    }

    fn at(&self, time: Instant) -> Millis {
        Millis(u64::try_from(time.duration_since(self.started).as_millis()).unwrap_or(u64::MAX))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this is a join of somebody who knows no more than the name of the room.
fn is_join_by_name(now: Millis, hub: &Hub, conn: ConnId, frame: &Result<RawClientMsg, DecodeError>) -> bool {
    let Ok(ClientMsg::Join { room, resume, .. }) = frame else { return false };
    let is_known = resume.as_ref().is_some_and(|resume| hub.honours(now, room, &resume.token));
    !is_known && !hub.has_seat(conn)
}
