//! A script of bytes: what eight sockets, time and restarts do to one hub. Every byte string is a valid
//! script. Checked are the promises of [`halloo::hub`], and that nothing is left once everybody is gone.

use std::collections::BTreeMap;

use halloo::{
    hub::{ConnId, Effect, Hub, HubConfig, Input, Revocation, SocketEnd, Start},
    protocol::{ErrorCode, PeerId, RawServerMsg, RoomName, ServerMsg, decode_client},
    sansio::{Core, Millis},
};

const SOCKETS: usize = 8;
const ROOMS: [&str; 3] = ["tea", "coffee", "TEA"];
const HELLO: &str = r#"{"type":"hello","version":1,"features":["lock","hands","reactions"]}"#;
const CAPACITY: u32 = 3;
/// Bounds the time of one script.
const MAX_STEPS: usize = 300;
/// A seat that others keep alive may hold its room in a grace period for an hour.
const ALL_OVER_MS: u64 = 2 * 60 * 60 * 1_000;

/// Plays a script.
pub fn play(script: &[u8]) {
    let mut world = World::new();
    let mut script = Script(script);
    for _ in 0..MAX_STEPS {
        let Some(step) = script.next() else { break };
        world.step(step, &mut script);
    }
    world.end();
}

struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Missing arguments are zero.
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.next().unwrap_or_default()) % end
    }

    fn text(&mut self) -> String {
        let length = usize::from(self.next().unwrap_or_default()).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

struct World {
    hub: Hub,
    now: Millis,
    next_conn: u64,
    sockets: [Option<ConnId>; SOCKETS],
    /// Where each socket has a seat, as far as it was told.
    seats: BTreeMap<ConnId, RoomName>,
    rooms: BTreeMap<PeerId, RoomName>,
    tokens: Vec<String>,
    /// What the server keeps on disk.
    revoked: Vec<Revocation>,
}

impl World {
    fn new() -> Self {
        Self {
            hub: new_hub(Millis(0), 0),
            now: Millis(0),
            next_conn: 0,
            sockets: [None; SOCKETS],
            seats: BTreeMap::new(),
            rooms: BTreeMap::new(),
            tokens: Vec::new(),
            revoked: Vec::new(),
        }
    }

    fn step(&mut self, step: u8, script: &mut Script<'_>) {
        let at = script.below(SOCKETS);
        match step % 12 {
            0 => self.connect(at),
            1 => {
                let ends = [SocketEnd::Lost, SocketEnd::PageGone, SocketEnd::PageClosed];
                self.close(at, ends[script.below(ends.len())]);
            }
            2 => self.say(at, HELLO),
            3 | 4 => {
                self.connect(at);
                self.say(at, HELLO);
                let join = self.join(script);
                self.say(at, &join);
            }
            5 => self.say(at, r#"{"type":"leave"}"#),
            6 => {
                let to = self.anybody(script);
                self.say(at, &format!(r#"{{"type":"signal","to":"{to}","signal":{{"kind":"offer"}}}}"#));
            }
            7 => {
                let peer = self.anybody(script);
                self.say(at, &format!(r#"{{"type":"keep_seat","peer":"{peer}"}}"#));
            }
            8 => {
                let on = script.below(2) == 0;
                self.say(at, &format!(r#"{{"type":"set_media","media":{{"camera":{on}}}}}"#));
                match script.below(8) {
                    5 => self.say(at, &format!(r#"{{"type":"lock","locked":{on}}}"#)),
                    6 => self.say(at, &format!(r#"{{"type":"raise_hand","raised":{on}}}"#)),
                    7 => self.say(at, r#"{"type":"react","reaction":"clap"}"#),
                    _ => {}
                }
            }
            9 => {
                let text = script.text();
                self.say(at, &text);
            }
            10 => self.pass(10_u64.pow(u32::try_from(script.below(7)).unwrap_or_default())),
            _ => match script.below(8) {
                0 => self.restart(script.below(2) == 0),
                _ => self.input(Input::PageServed { room: room(script) }),
            },
        }
        self.check();
    }

    fn connect(&mut self, at: usize) {
        if self.sockets[at].is_none() {
            self.next_conn += 1;
            let conn = ConnId(self.next_conn);
            self.sockets[at] = Some(conn);
            self.input(Input::Connected { conn });
        }
    }

    fn close(&mut self, at: usize, end: SocketEnd) {
        if let Some(conn) = self.sockets[at].take() {
            self.seats.remove(&conn);
            self.input(Input::Closed { conn, end });
        }
    }

    fn say(&mut self, at: usize, text: &str) {
        if let Some(conn) = self.sockets[at] {
            self.input(Input::Frame { conn, frame: decode_client(text) });
        }
    }

    fn join(&self, script: &mut Script<'_>) -> String {
        let room = ROOMS[script.below(ROOMS.len())];
        let mode = ["reconnect", "takeover"][script.below(2)];
        let token = self.tokens.get(script.below(self.tokens.len() + 1));
        let resume = token.map(|token| format!(r#","resume":{{"token":"{token}","mode":"{mode}"}}"#));
        let visit = match script.below(4) {
            0 => format!(r#","visit":"{:032x}""#, script.below(4)),
            _ => String::new(),
        };
        format!(r#"{{"type":"join","room":"{room}"{}{visit}}}"#, resume.unwrap_or_default())
    }

    fn anybody(&self, script: &mut Script<'_>) -> PeerId {
        let at = script.below(self.rooms.len() + 1);
        self.rooms.keys().nth(at).copied().unwrap_or(PeerId::new(7))
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(next) = self.hub.poll_timeout().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.input(Input::Tick);
        }
        self.now = until;
    }

    fn restart(&mut self, is_graceful: bool) {
        if is_graceful {
            self.input(Input::Stop);
            assert_eq!(self.hub.conn_count(), 0);
        }
        self.sockets = [None; SOCKETS];
        self.seats.clear();
        self.hub = new_hub(self.now, self.next_conn);
        self.hub.restore_revoked(self.revoked.clone());
    }

    fn input(&mut self, input: Input) {
        self.hub.handle_input(self.now, input);
        let effects: Vec<Effect> = std::iter::from_fn(|| self.hub.poll_effect()).collect();
        // One frame, or a slice of timers, tells each of them a few things.
        assert!(effects.len() <= 64 * SOCKETS, "{} effects", effects.len());
        for effect in &effects {
            if let Effect::SendIceServers { msg: ServerMsg::Joined { room, you, resume_token, .. }, .. } =
                effect
            {
                let before = self.rooms.insert(*you, room.clone());
                assert!(before.is_none_or(|before| before == *room), "an id moved to another room");
                self.tokens.push(resume_token.as_str().to_owned());
            }
            if let Effect::Send { msg: ServerMsg::Locked { resume_token, .. }, .. } = effect {
                self.tokens.push(resume_token.as_str().to_owned());
            }
        }
        for effect in effects {
            match effect {
                Effect::Send { conn, msg } | Effect::SendIceServers { conn, msg, .. } => {
                    self.told(conn, &msg)
                }
                Effect::Close { conn, .. } => {
                    self.seats.remove(&conn);
                    for socket in self.sockets.iter_mut().filter(|socket| **socket == Some(conn)) {
                        *socket = None;
                    }
                }
                Effect::Revoke(revocation) => self.revoked.push(revocation),
                Effect::SeatEnded { .. } => {}
            }
        }
    }

    fn told(&mut self, conn: ConnId, msg: &RawServerMsg) {
        assert!(self.sockets.contains(&Some(conn)), "a message to a closed socket: {msg:?}");
        let about = match msg {
            ServerMsg::Joined { room, .. } => {
                self.seats.insert(conn, room.clone());
                return;
            }
            ServerMsg::Full { .. } | ServerMsg::Error { code: ErrorCode::RoomLocked, .. } => {
                self.seats.remove(&conn);
                return;
            }
            ServerMsg::PeerJoined { peer, .. } => peer.id,
            ServerMsg::PeerLeft { peer, .. }
            | ServerMsg::PeerReconnecting { peer }
            | ServerMsg::PeerBack { peer }
            | ServerMsg::MediaChanged { peer, .. }
            | ServerMsg::Locked { by: peer, .. }
            | ServerMsg::HandRaised { peer, .. }
            | ServerMsg::Reaction { peer, .. }
            | ServerMsg::Signal { from: peer, .. } => *peer,
            ServerMsg::Welcome { .. }
            | ServerMsg::IceServers { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. }
            | ServerMsg::Error { .. } => return,
        };
        assert_eq!(self.seats.get(&conn), self.rooms.get(&about), "a message of another room: {msg:?}");
    }

    fn check(&self) {
        assert_eq!(self.hub.conn_count(), self.sockets.iter().flatten().count());
        // Two of the names are the same room.
        assert!(self.hub.room_count() <= 2, "{} rooms", self.hub.room_count());
        let seats = u32::try_from(self.hub.seat_count()).unwrap_or(u32::MAX);
        assert!(seats <= 2 * CAPACITY, "{seats} seats");
    }

    fn end(&mut self) {
        for at in 0..SOCKETS {
            self.close(at, SocketEnd::Lost);
        }
        self.pass(ALL_OVER_MS);
        assert_eq!((self.hub.room_count(), self.hub.poll_timeout()), (0, None), "something is left");
    }
}

fn new_hub(now: Millis, seed: u64) -> Hub {
    let mut bytes = [3; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let start = Start { now, unix: 1_795_000_000 + now.0 / 1_000, token_key: [7; 32], seed: bytes };
    Hub::new(HubConfig { room_capacity: CAPACITY, ..HubConfig::default() }, start)
}

fn room(script: &mut Script<'_>) -> RoomName {
    ROOMS[script.below(ROOMS.len())].parse().expect("a room name")
}
