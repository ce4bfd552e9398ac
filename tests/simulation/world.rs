//! The world around real [`Call`]s and the real [`Hub`]: one clock, one queue of events, one seeded source of
//! delays.
//!
//! A socket carries whole messages in order and loses what is under way when it dies, as TCP does. Every
//! message goes through the real codec.

mod chat;
mod events;
mod files;
mod files_check;
mod inspect;
mod liar;
mod page;
mod server;
mod socket;
mod transfers;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use halloo::{
    call::{
        Call, CallView, Command, ConnectionEvent, ConnectionId, DeviceGrant, DeviceKind, DeviceState, Effect,
        Input, MediaProblem, Network, OpId, Operation, ScreenGrant, ScreenProblem, ScreenState, SocketEvent,
        Status,
        data::{
            chat::ChatView,
            files::{self as core_files, FileEntry, FilesView, Key},
        },
    },
    hub::{self, ConnId, Hub, HubConfig, SocketEnd},
    protocol::{
        ClientMsg, CloseCode, Description, DescriptionKind, FileId, PeerId, Reaction, ResumeToken, RoomName,
        ServerMsg, Signal, TrackSource, Viewing, VisitId, decode_client, decode_server, encode,
    },
    sansio::{Core, Millis},
};

use self::{
    chat::{Channel, PageChat, Written},
    files::{Offered, PageFiles},
    transfers::{End, Wire},
};
use crate::{
    peer_connection::{Follow, Path, PeerConnection, Sdp},
    schedule::{Action, Schedule},
};

/// People in the room beside the one that is looked at.
const NEIGHBOURS: usize = 2;
const KEY: [u8; 32] = [7; 32];
/// The clock of a page begins below this. Unit: millisecond.
const MAX_START_MS: u64 = 3;
/// Milliseconds from 1970 to the beginning of the world.
const EPOCH_MS: u64 = 1_700_000_000_000;
/// A message has reached everybody. Unit: millisecond.
const UNLOCKED_MS: u64 = 6_000;
/// Events at one moment after which the world is taken to be in a loop.
const STORM: u32 = 20_000;

pub(crate) struct World {
    pub(crate) now: u64,
    rng: fastrand::Rng,
    queue: BTreeMap<(u64, u64), Event>,
    next_number: u64,
    pub(crate) hub: Option<Hub>,
    hub_born: u64,
    /// What the server keeps on disk.
    revoked: Vec<hub::Revocation>,
    hub_ahead: u64,
    hub_armed: Option<u64>,
    generation: u64,
    config: HubConfig,
    sockets: BTreeMap<u64, Socket>,
    /// Ever.
    pub(crate) sockets_opened: u64,
    /// Connections that each person opened, ever.
    pub(crate) connections_opened: BTreeMap<usize, u64>,
    /// ICE restarts that a call asked for.
    pub(crate) repairs: u64,
    /// No message takes longer than some tenths of a second.
    pub(crate) prompt: bool,
    pub(crate) people: Vec<Person>,
    pub(crate) connections: BTreeMap<u64, PeerConnection>,
    cut_media: BTreeSet<(usize, usize)>,
    /// Who has ever been which peer.
    owners: BTreeMap<PeerId, usize>,
    owner_of_instance: BTreeMap<u64, usize>,
    /// Somebody may rightly have found their room full: a seat is held for a person who is gone.
    seat_may_be_held: bool,
    channels: BTreeMap<u64, Channel>,
    /// Every message of the chats, ever.
    pub(crate) written: Vec<Written>,
    ends: BTreeMap<u64, End>,
    /// Every file that was offered, ever.
    offered: BTreeMap<FileId, Offered>,
    /// Files and their receivers, where something happened after which a transfer may end without the file.
    spoiled: BTreeSet<(FileId, usize)>,
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
    /// Took the seat of a newcomer on a server that had just been started: no better right than a stranger's.
    unproven: bool,
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
    /// The microphone is in use, and not silenced.
    pub(crate) is_heard: bool,
    /// The camera is in use.
    pub(crate) is_filmed: bool,
    /// The page shows no pictures.
    pub(crate) hidden: bool,
    /// How it has told the call to show those of the others.
    shown: Vec<(PeerId, Viewing)>,
    /// Messages sent to the server.
    pub(crate) sent: u64,
    pub(crate) chat: PageChat,
    files: PageFiles,
}

struct Socket {
    who: usize,
    generation: u64,
    /// Packets get through.
    carries: bool,
    /// The client has joined with a token, which need not be the one that the page still remembers.
    claims_seat: bool,
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
    Screen { who: usize, page: u64, op: OpId },
    Done { instance: u64, op: OpId },
    Needed { instance: u64 },
    Gathered { instance: u64, ufrag: u32, last: bool },
    Path { instance: u64, again: bool },
    Restart { instance: u64 },
    Chat { instance: u64 },
    ChannelClosed { instance: u64 },
    ChatRefused { who: usize, peer: PeerId },
    TickChat { who: usize, page: u64 },
    Files { who: usize, life: u64, input: core_files::Input },
    Decide { who: usize, life: u64, key: Key },
    TickFiles { who: usize, life: u64 },
    Transfer { end: u64, news: News },
}

#[derive(Debug)]
enum Up {
    /// As text it would say nothing more, and there are many.
    Heartbeat,
    Text(String),
    Closed(SocketEnd),
}

/// What happens at an end of the channel of a transfer.
#[derive(Debug)]
enum News {
    Opened,
    /// What is next under way from here arrives.
    Next,
    /// So many bytes wait to be sent.
    Buffered(u64),
    Closed,
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

impl Person {
    fn new(room: usize, seed: u64) -> Self {
        Self {
            room,
            call: Call::new(seed),
            wants: false,
            page: 0,
            born: 0,
            ahead: 0,
            armed: None,
            memory: None,
            socket: None,
            unproven: false,
            forsook: false,
            cut_off: false,
            address: 1,
            peers: BTreeMap::new(),
            fail_next: false,
            lose_next: false,
            double_next: false,
            deny_next: false,
            throttled: false,
            is_heard: false,
            is_filmed: false,
            hidden: false,
            shown: Vec::new(),
            sent: 0,
            chat: PageChat::new(),
            files: PageFiles::new(0),
        }
    }
}

impl Person {
    /// Whether the clock of this page has jumped.
    pub(crate) fn has_slept(&self) -> bool {
        self.ahead > MAX_START_MS
    }
}

impl World {
    pub(crate) fn new(schedule: &Schedule) -> Self {
        Self::with_capacity(schedule, schedule.people.max(NEIGHBOURS))
    }

    /// With rooms of this capacity.
    pub(crate) fn with_capacity(schedule: &Schedule, capacity: usize) -> Self {
        let people = schedule.people;
        let config = HubConfig { room_capacity: capacity as u32, ..HubConfig::default() };
        let mut world = Self {
            now: 0,
            rng: fastrand::Rng::with_seed(schedule.seed),
            queue: BTreeMap::new(),
            next_number: 0,
            hub: None,
            hub_born: 0,
            revoked: Vec::new(),
            hub_ahead: 0,
            hub_armed: None,
            generation: 0,
            config,
            sockets: BTreeMap::new(),
            sockets_opened: 0,
            connections_opened: BTreeMap::new(),
            repairs: 0,
            prompt: false,
            people: Vec::new(),
            connections: BTreeMap::new(),
            cut_media: BTreeSet::new(),
            owners: BTreeMap::new(),
            owner_of_instance: BTreeMap::new(),
            seat_may_be_held: false,
            channels: BTreeMap::new(),
            written: Vec::new(),
            ends: BTreeMap::new(),
            offered: BTreeMap::new(),
            spoiled: BTreeSet::new(),
            violation: None,
        };
        // After the grace period, as a server that has run for a while.
        world.start_hub(100_000);
        world.tick_hub();
        for who in 0..people + NEIGHBOURS {
            let room = usize::from(who >= people);
            world.people.push(Person::new(room, world.rng.u64(..)));
            world.command(who, Command::SwitchOnBoth);
            world.join(who);
            let pause = world.rng.u64(0..400);
            world.run_for(pause);
        }
        world.people.push(Person::new(0, world.rng.u64(..)));
        world
    }

    /// Somebody without a seat, who wants one in the first room.
    pub(crate) fn stranger(&self) -> usize {
        self.people.len() - 1
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
        // The last of the neighbours is left alone, so that their room never empties.
        let count = self.stranger() - 1;
        let pick = |who: usize| who % count;
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
            Action::Reload { who } => {
                let who = pick(who);
                let end = if self.rng.bool() { SocketEnd::PageGone } else { self.ask_for_page(who) };
                self.reload(who, Some(end));
            }
            Action::CrashAndReturn { who, noticed } => {
                self.reload(pick(who), noticed.then_some(SocketEnd::Lost))
            }
            Action::Crash { who } => self.crash(pick(who)),
            Action::Leave { who } => {
                self.seat_may_be_held = true;
                self.leave(pick(who));
            }
            Action::Join { who } => self.join(pick(who)),
            Action::Knock => self.join(self.stranger()),
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
            Action::Share { who } => {
                let who = pick(who);
                let is_shared = matches!(self.view(who).screen.state, ScreenState::On { .. });
                let input = match (is_shared, self.rng.bool()) {
                    (false, _) => Input::Command(Command::ShareScreen),
                    (true, false) => Input::Command(Command::StopSharing),
                    (true, true) => Input::ScreenEnded,
                };
                self.give(who, input);
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
            Action::Hide { who } => {
                let who = pick(who);
                self.people[who].hidden ^= true;
                let view = self.view(who);
                self.show_others(who, &view);
            }
            Action::Lock { who } => {
                let who = pick(who);
                let locked = self.view(who).together.locked;
                self.command(who, Command::Lock(!locked));
            }
            Action::Hand { who } => {
                let who = pick(who);
                let up = self.view(who).together.wants_hand;
                self.command(who, Command::RaiseHand(!up));
            }
            Action::Write { who, to } => self.write(pick(who), to.map(pick)),
            Action::ChangeWritten { who } => self.change_written(pick(who)),
            Action::Offer { who, to, count, bytes } => self.offer(pick(who), to.map(pick), count, bytes),
            Action::CancelTransfer { who } => self.cancel_transfer(pick(who)),
            Action::BreakTransfers { who } => self.break_transfers(pick(who)),
            Action::React { who } => self.command(pick(who), Command::React(Reaction::Heart)),
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
            person.files.break_next = false;
            self.throttle(who, false);
        }
        self.leave(self.stranger());
    }

    /// A tab goes to the background, or comes back.
    pub(crate) fn throttle(&mut self, who: usize, on: bool) {
        self.people[who].throttled = on;
        self.people[who].armed = None;
        self.arm_call(who);
        self.tick_chat(who);
        self.tick_files(who);
    }

    /// Rooms are unlocked, and people who were turned away, and want to be in the call, try once more.
    pub(crate) fn rejoin(&mut self) {
        for who in 0..self.people.len() {
            self.command(who, Command::Lock(false));
        }
        self.run_for(UNLOCKED_MS);
        for who in 0..self.people.len() {
            let status = self.view(who).status;
            if status == Status::Full && self.people[who].wants && !self.seat_may_be_held {
                self.violate(format!("{who} was turned away from its own seat"));
            }
            if matches!(status, Status::Full | Status::Locked) && self.people[who].wants {
                self.join(who);
            }
        }
    }

    pub(crate) fn leave(&mut self, who: usize) {
        self.people[who].wants = false;
        self.command(who, Command::Leave);
        self.forget_chat(who);
        self.forget_files(who);
    }

    pub(crate) fn join(&mut self, who: usize) {
        let room = room(self.people[who].room);
        let name = format!("{room} {who}").parse().ok();
        self.people[who].wants = true;
        let waiting =
            matches!(self.view(who).status, Status::Lobby | Status::Left | Status::Full | Status::Locked);
        self.command(who, Command::Join { room, name });
        if waiting && self.rng.bool() {
            self.command(who, Command::SwitchOnBoth);
        }
    }

    pub(crate) fn view(&self, who: usize) -> CallView {
        self.people[who].call.view()
    }

    pub(crate) fn chat(&self, who: usize) -> ChatView {
        self.people[who].chat.chat.view(self.clock(who))
    }

    fn files(&self, who: usize) -> FilesView {
        self.people[who].files.files.view(self.clock(who))
    }

    /// The seat of somebody else that this person sees.
    fn seat_of(&self, who: usize, other: usize) -> Option<PeerId> {
        let view = self.view(who);
        view.participants.iter().map(|peer| peer.id).find(|id| self.owners.get(id) == Some(&other))
    }

    pub(crate) fn connection(&self, who: usize, peer: PeerId) -> Option<&PeerConnection> {
        self.connections.get(self.people[who].peers.get(&peer)?)
    }

    /// Every connection between people who are not strangers, by its ends.
    pub(crate) fn instances(&self) -> Vec<(usize, usize, u64)> {
        let mut ends: Vec<_> = self
            .connections
            .values()
            .filter_map(|mine| {
                let other = self.connections.get(&mine.remote_instance()?)?;
                Some((mine.owner, other.owner, mine.instance))
            })
            .filter(|(one, other, _)| *one != self.stranger() && *other != self.stranger())
            .collect();
        ends.sort_unstable();
        ends
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

    /// Mostly short, now and then very long.
    fn delay(&mut self) -> u64 {
        match self.rng.u8(..) {
            0..8 if !self.prompt => self.rng.u64(0..2_500),
            0..60 => self.rng.u64(0..300),
            _ => self.rng.u64(5..40),
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
