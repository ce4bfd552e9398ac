//! The world around real [`Call`]s and the real [`Hub`]: one clock, one queue of events, one seeded source of delays.
//!
//! A socket carries whole messages in order and loses what is under way when it dies, as TCP does. Every message goes
//! through the real codec.

use std::collections::{BTreeMap, BTreeSet};

use halloo::{
    call::{
        Call, CallView, Command, ConnectionId, DeviceKind, DeviceState, Effect, Granted, Input, MediaProblem,
        Network, OpId, Operation, PeerEvent, SocketEvent, Status,
    },
    hub::{self, ConnId, End, Hub, HubConfig},
    protocol::{
        ClientMsg, CloseCode, Description, DescriptionKind, PeerId, ResumeToken, RoomName, ServerMsg, Signal,
        VisitId, decode_client, decode_server, encode,
    },
    sansio::Millis,
};

use crate::{
    peer_connection::{Follow, PeerConnection, Sdp},
    schedule::{Action, Schedule},
};

/// People in the room beside the one that is looked at.
const NEIGHBOURS: usize = 2;
const KEY: [u8; 32] = [7; 32];
/// Events at one moment after which the world is taken to be in a loop.
const STORM: u32 = 20_000;

pub(crate) struct World {
    pub(crate) now: u64,
    dice: fastrand::Rng,
    queue: BTreeMap<(u64, u64), Event>,
    next_number: u64,
    pub(crate) hub: Option<Hub>,
    hub_born: u64,
    hub_ahead: u64,
    hub_armed: Option<u64>,
    generation: u64,
    config: HubConfig,
    sockets: BTreeMap<u64, Socket>,
    /// Ever.
    pub(crate) sockets_opened: u64,
    /// ICE restarts that a call asked for.
    pub(crate) repairs: u64,
    pub(crate) people: Vec<Person>,
    pub(crate) connections: BTreeMap<u64, PeerConnection>,
    cut_media: BTreeSet<(usize, usize)>,
    /// Who has ever been which peer.
    owners: BTreeMap<PeerId, usize>,
    owner_of_instance: BTreeMap<u64, usize>,
    /// Somebody may rightly have found their room full: a seat is held for a person who is gone.
    seat_may_be_held: bool,
    /// The first thing that must not be.
    pub(crate) violation: Option<String>,
}

pub(crate) struct Person {
    pub(crate) room: usize,
    pub(crate) call: Call,
    /// Wants to be in the call.
    pub(crate) wants: bool,
    /// The page that is loaded; what an older one set off is dropped.
    page: u64,
    born: u64,
    ahead: u64,
    armed: Option<u64>,
    memory: Option<ResumeToken>,
    socket: Option<u64>,
    /// Gave up a socket without the server's hearing of it, and has not been seated since.
    forsook: bool,
    cut_off: bool,
    address: u32,
    peers: BTreeMap<PeerId, u64>,
    fail_next: bool,
    lose_next: bool,
    double_next: bool,
    deny_next: bool,
    /// Timers fire once a minute, as in a tab in the background.
    throttled: bool,
    /// Messages sent to the server.
    pub(crate) sent: u64,
}

struct Socket {
    who: usize,
    generation: u64,
    /// Packets get through.
    carries: bool,
    server_open: bool,
    up_at: u64,
    down_at: u64,
}

#[derive(Debug)]
enum Event {
    Connect { socket: u64 },
    Up { socket: u64, frame: Up },
    Down { socket: u64, frame: Down },
    TickCall { who: usize, page: u64 },
    TickHub { generation: u64 },
    ServerUp { generation: u64 },
    Claimed { who: usize, page: u64 },
    Devices { who: usize, page: u64, op: OpId, kinds: Vec<DeviceKind> },
    Done { instance: u64, op: OpId },
    Needed { instance: u64 },
    Gathered { instance: u64, ufrag: u32, last: bool },
    Path { instance: u64, again: bool },
    Restart { instance: u64 },
}

#[derive(Debug)]
enum Up {
    /// As text it would say nothing more, and there are many.
    Heartbeat,
    Text(String),
    Closed(End),
}

#[derive(Debug)]
enum Down {
    Opened,
    Heartbeat,
    Text(String),
    Closed(CloseCode),
    /// The client's own system noticed that the socket is dead.
    Lost,
}

impl World {
    pub(crate) fn new(schedule: &Schedule) -> Self {
        let people = schedule.people;
        let config = HubConfig { room_capacity: people.max(NEIGHBOURS) as u32, ..HubConfig::default() };
        let mut world = Self {
            now: 0,
            dice: fastrand::Rng::with_seed(schedule.seed),
            queue: BTreeMap::new(),
            next_number: 0,
            hub: None,
            hub_born: 0,
            hub_ahead: 0,
            hub_armed: None,
            generation: 0,
            config,
            sockets: BTreeMap::new(),
            sockets_opened: 0,
            repairs: 0,
            people: Vec::new(),
            connections: BTreeMap::new(),
            cut_media: BTreeSet::new(),
            owners: BTreeMap::new(),
            owner_of_instance: BTreeMap::new(),
            seat_may_be_held: false,
            violation: None,
        };
        // Not young, as a server that has run for a while.
        world.start_hub();
        world.hub_ahead = 100_000;
        world.tick_hub();
        for who in 0..people + NEIGHBOURS {
            let room = usize::from(who >= people);
            world.people.push(Person {
                room,
                call: Call::new(world.dice.u64(..)),
                wants: false,
                page: 0,
                born: 0,
                ahead: 0,
                armed: None,
                memory: None,
                socket: None,
                forsook: false,
                cut_off: false,
                address: 1,
                peers: BTreeMap::new(),
                fail_next: false,
                lose_next: false,
                double_next: false,
                deny_next: false,
                throttled: false,
                sent: 0,
            });
            world.command(who, Command::SwitchOnBoth);
            world.join(who);
            let pause = world.dice.u64(0..400);
            world.run_for(pause);
        }
        world
    }

    /// Lets simulated time pass.
    pub(crate) fn run_for(&mut self, ms: u64) {
        let end = self.now + ms;
        let mut at_once = 0;
        while let Some(entry) = self.queue.first_entry() {
            let (at, _) = *entry.key();
            if at > end || self.violation.is_some() {
                break;
            }
            let event = entry.remove();
            at_once = if at > self.now { 0 } else { at_once + 1 };
            if at_once > STORM {
                return self.violate(format!("a storm at {at}: {event:?}"));
            }
            self.now = at;
            self.on_event(event);
        }
        self.now = end;
    }

    pub(crate) fn act(&mut self, action: Action) {
        let count = self.people.len();
        // The last of the neighbours is left alone, so that their room never empties.
        let pick = |who: usize| who % (count - 1);
        match action {
            Action::LoseSocket { who, client_notices, server_notices } => {
                self.lose_socket(pick(who), client_notices, server_notices);
            }
            Action::CutSignaling { who } => self.cut_signaling(pick(who)),
            Action::HealSignaling { who } => self.people[pick(who)].cut_off = false,
            Action::CutMedia { one, other } => {
                let (one, other) = (pick(one), pick(other));
                self.cut_media.insert((one.min(other), one.max(other)));
            }
            Action::HealMedia { one, other } => {
                let (one, other) = (pick(one), pick(other));
                self.cut_media.remove(&(one.min(other), one.max(other)));
            }
            Action::NewNetwork { who, told } => {
                let who = pick(who);
                self.people[who].address += 1;
                if told {
                    self.give(who, Input::Network(Network::Changed));
                }
            }
            Action::Reload { who } => self.reload(pick(who), Some(End::PageGone)),
            Action::CrashAndReturn { who, noticed } => self.reload(pick(who), noticed.then_some(End::Lost)),
            Action::Crash { who } => self.crash(pick(who)),
            Action::Leave { who } => {
                self.seat_may_be_held = true;
                self.leave(pick(who));
            }
            Action::Join { who } => self.join(pick(who)),
            Action::RestartServer { graceful, down_ms } => self.stop_server(graceful, down_ms),
            Action::Sleep { who, ms } => {
                let who = pick(who);
                self.people[who].ahead += ms;
                self.tick_call(who);
            }
            Action::ServerClockJumps { ms } => {
                self.hub_ahead += ms;
                self.tick_hub();
            }
            Action::Toggle { who, camera } => {
                let who = pick(who);
                let kind = kind(camera);
                let on = self.view(who).device(kind).state == DeviceState::Off;
                self.command(who, Command::Switch { kind, on });
            }
            Action::FailOperation { who } => self.people[pick(who)].fail_next = true,
            Action::LoseOperation { who } => self.people[pick(who)].lose_next = true,
            Action::DoubleSignal { who } => self.people[pick(who)].double_next = true,
            Action::DenyDevices { who } => self.people[pick(who)].deny_next = true,
            Action::Throttle { who, on } => self.throttle(pick(who), on),
            Action::LoseDevice { who, camera } => {
                let (who, kind) = (pick(who), kind(camera));
                if self.view(who).device(kind).state == DeviceState::On {
                    self.give(who, Input::DeviceEnded { kind });
                }
            }
            Action::Negotiate { who, both, apart_ms } => self.negotiate(pick(who), both, apart_ms),
            Action::Look { who } => self.give(pick(who), Input::Network(Network::Visible)),
        }
    }

    /// Ends every disturbance; what has been harmed stays harmed.
    pub(crate) fn calm(&mut self) {
        self.cut_media.clear();
        for who in 0..self.people.len() {
            let person = &mut self.people[who];
            person.cut_off = false;
            person.fail_next = false;
            person.lose_next = false;
            person.double_next = false;
            person.deny_next = false;
            self.throttle(who, false);
        }
    }

    /// A tab goes to the background, or comes back.
    pub(crate) fn throttle(&mut self, who: usize, on: bool) {
        self.people[who].throttled = on;
        self.people[who].armed = None;
        self.arm_call(who);
    }

    /// People who were turned away, and want to be in the call, try once more.
    pub(crate) fn rejoin(&mut self) {
        for who in 0..self.people.len() {
            if self.people[who].wants && self.view(who).status == Status::Full {
                if !self.seat_may_be_held {
                    self.violate(format!("{who} was turned away from its own seat"));
                }
                self.join(who);
            }
        }
    }

    pub(crate) fn leave(&mut self, who: usize) {
        self.people[who].wants = false;
        self.command(who, Command::Leave);
    }

    pub(crate) fn join(&mut self, who: usize) {
        let room = room(self.people[who].room);
        let name = format!("{room} {who}").parse().ok();
        self.people[who].wants = true;
        let waiting = matches!(self.view(who).status, Status::Lobby | Status::Left | Status::Full);
        self.command(who, Command::Join { room, name });
        if waiting && self.dice.bool() {
            self.command(who, Command::SwitchOnBoth);
        }
    }

    pub(crate) fn view(&self, who: usize) -> CallView {
        self.people[who].call.view()
    }

    pub(crate) fn connection(&self, who: usize, peer: PeerId) -> Option<&PeerConnection> {
        self.connections.get(self.people[who].peers.get(&peer)?)
    }

    /// `restartIce()` on a connection, and on its other end shortly after.
    pub(crate) fn negotiate(&mut self, who: usize, both: bool, apart_ms: u64) {
        let instances: Vec<u64> = self.people[who].peers.values().copied().collect();
        for instance in instances {
            self.push(0, Event::Restart { instance });
            let other = self.connections.get(&instance).and_then(PeerConnection::remote_instance);
            if let Some(instance) = other.filter(|_| both) {
                self.push(apart_ms, Event::Restart { instance });
            }
        }
    }

    pub(crate) fn violate(&mut self, what: String) {
        let now = self.now;
        self.violation.get_or_insert_with(|| format!("at {now} ms: {what}"));
    }

    // ---- events

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Connect { socket } => self.on_connect(socket),
            Event::Up { socket, frame } => self.on_up(socket, frame),
            Event::Down { socket, frame } => self.on_down(socket, frame),
            Event::TickCall { who, page } => {
                let person = &mut self.people[who];
                if person.page == page {
                    person.armed = None;
                    self.tick_call(who);
                }
            }
            Event::TickHub { generation } if generation == self.generation => {
                self.hub_armed = None;
                self.tick_hub();
            }
            Event::ServerUp { generation } if generation == self.generation => self.start_hub(),
            Event::TickHub { .. } | Event::ServerUp { .. } => {}
            Event::Claimed { who, page } if self.people[who].page == page => {
                let token = self.people[who].memory.clone();
                let visit = Some(VisitId::new(self.dice.u128(..)));
                self.give(who, Input::SeatClaimed { token, visit });
            }
            Event::Devices { who, page, op, kinds } if self.people[who].page == page => {
                let granted = |kind: &DeviceKind| Granted { kind: *kind, device: format!("{kind:?}") };
                let denied = std::mem::take(&mut self.people[who].deny_next);
                let result =
                    if denied { Err(MediaProblem::InUse) } else { Ok(kinds.iter().map(granted).collect()) };
                self.give(who, Input::DevicesAnswered { op, result });
            }
            Event::Claimed { .. } | Event::Devices { .. } => {}
            Event::Done { instance, op } => self.on_done(instance, op),
            Event::Needed { instance } => {
                if self.connections.get_mut(&instance).is_some_and(PeerConnection::fires_needed) {
                    self.tell(instance, PeerEvent::NegotiationNeeded);
                }
            }
            Event::Gathered { instance, ufrag, last } => self.on_gathered(instance, ufrag, last),
            Event::Path { instance, again } => self.on_path(instance, again),
            Event::Restart { instance } => self.restart_ice(instance),
        }
    }

    fn on_connect(&mut self, id: u64) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        if self.people[socket.who].cut_off {
            return; // Vanishes: the client gives up by itself.
        }
        socket.generation = self.generation;
        if self.hub.is_none() {
            return self.down(id, Down::Lost);
        }
        socket.server_open = true;
        self.down(id, Down::Opened);
        self.feed_hub(hub::Input::Connected { conn: ConnId(id) });
    }

    fn on_up(&mut self, id: u64, frame: Up) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let heard = socket.server_open && socket.generation == self.generation;
        let conn = ConnId(id);
        match frame {
            // Its own system tells the server, whatever becomes of packets.
            Up::Closed(end) if heard => {
                socket.server_open = false;
                self.feed_hub(hub::Input::Closed { conn, end });
            }
            Up::Text(text) if heard && socket.carries => {
                self.feed_hub(hub::Input::Frame { conn, frame: decode_client(&text) });
            }
            Up::Heartbeat if heard && socket.carries => {
                self.feed_hub(hub::Input::Frame { conn, frame: Ok(ClientMsg::Heartbeat) });
            }
            Up::Text(_) | Up::Heartbeat | Up::Closed(_) => {}
        }
    }

    fn on_down(&mut self, id: u64, frame: Down) {
        let Some(socket) = self.sockets.get(&id) else { return };
        let who = socket.who;
        if self.people[who].socket != Some(id) || (!socket.carries && !matches!(frame, Down::Lost)) {
            return;
        }
        match frame {
            Down::Opened => self.give(who, Input::Socket(SocketEvent::Opened)),
            Down::Heartbeat => self.give(who, Input::Socket(SocketEvent::Message(ServerMsg::Heartbeat))),
            Down::Text(text) => match decode_server(&text) {
                Ok(message) => {
                    self.inspect(who, &message);
                    let is_signal = matches!(message, ServerMsg::Signal { .. });
                    if is_signal && std::mem::take(&mut self.people[who].double_next) {
                        self.give(who, Input::Socket(SocketEvent::Message(message.clone())));
                    }
                    self.give(who, Input::Socket(SocketEvent::Message(message)));
                }
                Err(error) => self.violate(format!("a client cannot read {text}: {error}")),
            },
            Down::Closed(code) => {
                self.people[who].socket = None;
                self.give(who, Input::Socket(SocketEvent::Closed(code)));
            }
            Down::Lost => {
                self.people[who].socket = None;
                self.give(who, Input::Socket(SocketEvent::Closed(CloseCode::Other(1006))));
            }
        }
    }

    fn on_done(&mut self, instance: u64, op: OpId) {
        let Some(connection) = self.connections.get_mut(&instance) else { return };
        let Some((_, operation)) = connection.running.take_if(|(id, _)| *id == op) else { return };
        let who = connection.owner;
        if std::mem::take(&mut self.people[who].lose_next) {
            connection.running = Some((op, operation));
            return;
        }
        let refuses = std::mem::take(&mut self.people[who].fail_next);
        let (result, follow) = if refuses {
            let error = halloo::call::JsError { name: "OperationError".to_owned(), message: String::new() };
            (Err(error), Follow::default())
        } else {
            connection.finish(&operation)
        };
        self.follow(instance, follow);
        self.give(who, Input::OpDone { op, result });
        self.push(10, Event::Path { instance, again: false });
    }

    fn on_gathered(&mut self, instance: u64, ufrag: u32, last: bool) {
        let Some(connection) = self.connections.get_mut(&instance) else { return };
        let address = self.people[connection.owner].address;
        if connection.uses(ufrag).is_none() {
            return;
        }
        let candidate = if last { None } else { connection.gathered(ufrag, address) };
        self.tell(instance, PeerEvent::Gathered(candidate));
    }

    fn on_path(&mut self, instance: u64, again: bool) {
        let now = self.now;
        let Some(connection) = self.connections.get(&instance) else { return };
        let other = connection.remote_instance().and_then(|id| self.connections.get(&id));
        let path = other.and_then(|other| {
            let (who, whom) = (connection.owner, other.owner);
            let cut = self.cut_media.contains(&(who.min(whom), who.max(whom)));
            let addresses = (self.people[who].address, self.people[whom].address);
            connection.path_to(other, addresses).filter(|_| !cut)
        });
        let connection = self.connections.get_mut(&instance);
        if let Some(state) = connection.and_then(|connection| connection.settle_state(now, path)) {
            self.tell(instance, PeerEvent::Connection(state));
        }
        if again {
            let pause = self.dice.u64(300..700);
            self.push(pause, Event::Path { instance, again });
        }
    }

    fn restart_ice(&mut self, instance: u64) {
        if let Some(connection) = self.connections.get_mut(&instance) {
            let follow = connection.restart_ice();
            self.follow(instance, follow);
        }
    }

    fn tell(&mut self, instance: u64, event: PeerEvent) {
        let Some(PeerConnection { owner, peer, connection, .. }) = self.connections.get(&instance) else {
            return;
        };
        let (who, peer, connection) = (*owner, *peer, *connection);
        self.give(who, Input::Peer { peer, connection, event });
    }

    fn follow(&mut self, instance: u64, Follow { needed, gather }: Follow) {
        if needed {
            let pause = self.dice.u64(0..3);
            self.push(pause, Event::Needed { instance });
        }
        if let Some(ufrag) = gather {
            let mut pause = 0;
            for last in [false, false, true] {
                pause += self.dice.u64(0..80);
                self.push(pause, Event::Gathered { instance, ufrag, last });
            }
        }
    }

    // ---- one person's page

    fn command(&mut self, who: usize, command: Command) {
        self.give(who, Input::Command(command));
    }

    fn tick_call(&mut self, who: usize) {
        let now = self.clock(who);
        if self.people[who].call.poll_timeout().is_some_and(|due| due <= now) {
            self.give(who, Input::Tick);
        } else {
            self.arm_call(who);
        }
    }

    fn clock(&self, who: usize) -> Millis {
        let person = &self.people[who];
        Millis(self.now - person.born + person.ahead)
    }

    fn give(&mut self, who: usize, input: Input) {
        let now = self.clock(who);
        self.people[who].call.handle_input(now, input);
        while let Some(effect) = self.people[who].call.poll_effect() {
            self.perform(who, effect);
        }
        self.arm_call(who);
    }

    fn arm_call(&mut self, who: usize) {
        let now = self.clock(who);
        let Some(due) = self.people[who].call.poll_timeout() else { return };
        let at = self.now + due.since(now);
        let person = &mut self.people[who];
        let at = if person.throttled { at.next_multiple_of(60_000) } else { at };
        if person.armed.is_none_or(|armed| at < armed || armed < self.now) {
            person.armed = Some(at);
            let page = person.page;
            self.push(at - self.now, Event::TickCall { who, page });
        }
    }

    fn perform(&mut self, who: usize, effect: Effect) {
        let page = self.people[who].page;
        match effect {
            Effect::ClaimSeat { .. } => {
                let pause = self.dice.u64(0..20);
                self.push(pause, Event::Claimed { who, page });
            }
            Effect::StoreSeat { token, .. } => self.people[who].memory = Some(token),
            Effect::ForgetSeat { .. } => self.people[who].memory = None,
            Effect::OpenSocket => self.open_socket(who),
            Effect::CloseSocket => self.close_socket(who, Some(End::PageGone)),
            Effect::Send(message) => {
                self.people[who].sent += 1;
                if let Some(id) = self.people[who].socket {
                    let heartbeat = message == ClientMsg::Heartbeat;
                    self.up(id, if heartbeat { Up::Heartbeat } else { Up::Text(encode(&message)) });
                }
            }
            Effect::OpenPeer { peer, connection, offering, .. } => {
                self.open_peer(who, peer, connection, offering);
            }
            Effect::ClosePeer { peer } => {
                if let Some(instance) = self.people[who].peers.remove(&peer) {
                    self.connections.remove(&instance);
                } else {
                    self.violate(format!("{who} closes a connection that is not there"));
                }
            }
            Effect::Operate { op, peer, operation } => self.operate(who, peer, op, operation),
            Effect::RestartIce { peer } => {
                self.repairs += 1;
                if let Some(instance) = self.people[who].peers.get(&peer).copied() {
                    self.restart_ice(instance);
                }
            }
            Effect::Acquire { op, wishes } => {
                let pause = self.dice.u64(0..3_000);
                let kinds = wishes.iter().map(|wish| wish.kind).collect();
                self.push(pause, Event::Devices { who, page, op, kinds });
            }
            Effect::Release { .. } | Effect::Silence { .. } => {}
        }
    }

    fn open_peer(&mut self, who: usize, peer: PeerId, connection: ConnectionId, offering: bool) {
        if self.people[who].peers.contains_key(&peer) {
            self.violate(format!("{who} opens a second connection to one peer"));
        }
        let instance = self.number();
        let (new, follow) = PeerConnection::new(instance, who, peer, connection, offering);
        self.connections.insert(instance, new);
        self.people[who].peers.insert(peer, instance);
        self.owner_of_instance.insert(instance, who);
        self.follow(instance, follow);
        self.push(500, Event::Path { instance, again: true });
    }

    fn operate(&mut self, who: usize, peer: PeerId, op: OpId, operation: Operation) {
        let pause = if self.dice.u8(..) < 8 { self.dice.u64(0..1_500) } else { self.dice.u64(0..25) };
        let instance = self.people[who].peers.get(&peer).copied();
        let Some(connection) = instance.and_then(|instance| self.connections.get_mut(&instance)) else {
            return self.violate(format!("{who} operates on a connection that is not there"));
        };
        let instance = connection.instance;
        if connection.running.replace((op, operation)).is_some() {
            self.violate(format!("{who} has two operations in flight at one connection"));
        }
        self.push(pause, Event::Done { instance, op });
    }

    /// The page is gone, as the server hears it, and loaded anew.
    fn reload(&mut self, who: usize, end: Option<End>) {
        if !self.people[who].wants {
            return;
        }
        // Without a token from the server there is nothing to recognise the person by.
        self.seat_may_be_held |= self.people[who].memory.is_none();
        // The seat that an unheard join took is found again once the server misses its socket.
        let socket = self.people[who].socket.and_then(|id| self.sockets.get(&id));
        let missed = end.is_some() && socket.is_none_or(|socket| socket.carries) && !self.people[who].forsook;
        self.seat_may_be_held |= self.view(who).status == Status::Connecting && !missed;
        self.unload(who, end);
        self.join(who);
    }

    fn crash(&mut self, who: usize) {
        self.seat_may_be_held = true;
        self.unload(who, None);
        self.people[who].memory = None;
        self.people[who].wants = false;
    }

    fn unload(&mut self, who: usize, end: Option<End>) {
        self.close_socket(who, end);
        let seed = self.dice.u64(..);
        let pause = self.dice.u64(0..3);
        let now = self.now;
        let person = &mut self.people[who];
        person.call = Call::new(seed);
        person.page += 1;
        person.born = now;
        person.ahead = pause;
        person.armed = None;
        for instance in std::mem::take(&mut person.peers).into_values() {
            self.connections.remove(&instance);
        }
    }

    // ---- sockets

    fn open_socket(&mut self, who: usize) {
        self.close_socket(who, Some(End::PageGone));
        let id = self.number();
        let socket = Socket { who, generation: 0, carries: true, server_open: false, up_at: 0, down_at: 0 };
        self.sockets.insert(id, socket);
        self.people[who].socket = Some(id);
        self.sockets_opened += 1;
        let pause = self.delay();
        self.push(pause, Event::Connect { socket: id });
    }

    /// The client lets go of its socket; how the server hears of it, if at all.
    fn close_socket(&mut self, who: usize, end: Option<End>) {
        let Some(id) = self.people[who].socket.take() else { return };
        let carries = self.sockets.get(&id).is_some_and(|socket| socket.carries);
        match end {
            Some(end) if carries => self.up(id, Up::Closed(end)),
            Some(_) | None => {
                self.people[who].forsook = true;
                if let Some(socket) = self.sockets.get_mut(&id) {
                    socket.carries = false;
                }
            }
        }
    }

    fn lose_socket(&mut self, who: usize, client_notices: bool, server_notices: bool) {
        let Some(id) = self.people[who].socket else { return };
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.carries = false;
        if client_notices {
            self.down(id, Down::Lost);
        }
        if server_notices {
            self.up(id, Up::Closed(End::Lost));
        }
    }

    fn cut_signaling(&mut self, who: usize) {
        self.people[who].cut_off = true;
        self.lose_socket(who, false, false);
    }

    fn up(&mut self, id: u64, frame: Up) {
        let delay = self.delay();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.up_at = socket.up_at.max(self.now + delay);
        let pause = socket.up_at - self.now;
        self.push(pause, Event::Up { socket: id, frame });
    }

    fn down(&mut self, id: u64, frame: Down) {
        let delay = self.delay();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.down_at = socket.down_at.max(self.now + delay);
        let pause = socket.down_at - self.now;
        self.push(pause, Event::Down { socket: id, frame });
    }

    // ---- the server

    fn start_hub(&mut self) {
        let mut seed = [0; 32];
        self.dice.fill(&mut seed);
        self.hub_born = self.now;
        self.hub_ahead = 0;
        self.hub_armed = None;
        self.hub = Some(Hub::new(Millis(0), self.config.clone(), KEY, seed));
        self.arm_hub();
    }

    fn stop_server(&mut self, graceful: bool, down_ms: u64) {
        if graceful {
            self.feed_hub(hub::Input::Stop);
        }
        self.generation += 1;
        self.hub = None;
        let ids: Vec<u64> =
            self.sockets.iter().filter(|(_, socket)| socket.server_open).map(|(id, _)| *id).collect();
        for id in ids {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.server_open = false;
            }
            let code = if graceful { CloseCode::GoingAway } else { CloseCode::Other(1006) };
            self.down(id, Down::Closed(code));
        }
        let generation = self.generation;
        self.push(down_ms, Event::ServerUp { generation });
    }

    fn hub_clock(&self) -> Millis {
        Millis(self.now - self.hub_born + self.hub_ahead)
    }

    fn tick_hub(&mut self) {
        self.feed_hub(hub::Input::Tick);
    }

    fn feed_hub(&mut self, input: hub::Input) {
        let now = self.hub_clock();
        let Some(hub) = &mut self.hub else { return };
        hub.handle_input(now, input);
        while let Some(effect) = self.hub.as_mut().and_then(Hub::poll_effect) {
            match effect {
                hub::Effect::Send { conn, msg } => {
                    if let (ServerMsg::Joined { you, .. }, Some(socket)) = (&msg, self.sockets.get(&conn.0)) {
                        self.owners.insert(*you, socket.who);
                    }
                    let heartbeat = matches!(msg, ServerMsg::Heartbeat);
                    self.down(conn.0, if heartbeat { Down::Heartbeat } else { Down::Text(encode(&msg)) });
                }
                hub::Effect::Close { conn, code } => {
                    if let Some(socket) = self.sockets.get_mut(&conn.0) {
                        socket.server_open = false;
                    }
                    self.down(conn.0, Down::Closed(code));
                }
            }
        }
        self.arm_hub();
    }

    fn arm_hub(&mut self) {
        let now = self.hub_clock();
        let Some(due) = self.hub.as_ref().and_then(Hub::poll_timeout) else { return };
        let pause = due.since(now);
        let at = self.now + pause;
        if self.hub_armed.is_none_or(|armed| at < armed || armed < self.now) {
            self.hub_armed = Some(at);
            let generation = self.generation;
            self.push(pause, Event::TickHub { generation });
        }
    }

    // ---- what must never be

    /// Looks at what a client is told.
    fn inspect(&mut self, who: usize, message: &ServerMsg) {
        let room = self.people[who].room;
        match message {
            ServerMsg::Full { .. }
                if !self.seat_may_be_held && self.view(who).status != Status::Connecting =>
            {
                self.violate(format!("{who} lost its seat"));
            }
            ServerMsg::Joined { peers, .. } => {
                self.people[who].forsook = false;
                for info in peers {
                    self.inspect_peer(room, info.id);
                }
            }
            ServerMsg::PeerJoined { peer, .. } => self.inspect_peer(room, peer.id),
            ServerMsg::Signal { from, signal } => {
                let owner = signal_instance(signal).and_then(|id| self.owner_of_instance.get(&id)).copied();
                if owner.is_some_and(|owner| self.owners.get(from) != Some(&owner)) {
                    self.violate("a signal with a wrong sender".to_owned());
                }
                self.inspect_peer(room, *from);
            }
            ServerMsg::PeerLeft { peer, .. }
            | ServerMsg::PeerReconnecting { peer }
            | ServerMsg::PeerBack { peer }
            | ServerMsg::MediaChanged { peer, .. } => self.inspect_peer(room, *peer),
            ServerMsg::Welcome { .. }
            | ServerMsg::Full { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. }
            | ServerMsg::Error { .. } => {}
        }
    }

    fn inspect_peer(&mut self, room: usize, peer: PeerId) {
        let from = self.owners.get(&peer).map(|owner| self.people[*owner].room);
        if from != Some(room) {
            self.violate(format!("a message of room {from:?} reaches room {room}"));
        }
    }

    // ---- chance

    /// Mostly short, now and then very long.
    fn delay(&mut self) -> u64 {
        match self.dice.u8(..) {
            0..8 => self.dice.u64(0..2_500),
            8..60 => self.dice.u64(0..300),
            _ => self.dice.u64(5..40),
        }
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    fn push(&mut self, pause: u64, event: Event) {
        let number = self.number();
        self.queue.insert((self.now + pause, number), event);
    }
}

fn kind(camera: bool) -> DeviceKind {
    if camera { DeviceKind::Camera } else { DeviceKind::Microphone }
}

fn room(number: usize) -> RoomName {
    match number {
        0 => "looked-at".parse(),
        _ => "neighbours".parse(),
    }
    .expect("a room name")
}

/// The connection that a signal comes from.
fn signal_instance(signal: &Signal) -> Option<u64> {
    match signal {
        Signal::Offer { sdp, .. } | Signal::Answer { sdp, .. } => {
            let description = Description { kind: DescriptionKind::Offer, sdp: sdp.clone() };
            Sdp::read(&description).map(|sdp| sdp.instance)
        }
        Signal::Candidate { candidate, .. } => candidate.candidate.split(' ').next()?.parse().ok(),
        Signal::EndOfCandidates { .. } | Signal::Unknown => None,
    }
}
