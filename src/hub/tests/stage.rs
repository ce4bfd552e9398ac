//! A hub with an audience. Sockets have names; whatever the hub does becomes lines of text like `bela:
//! peer_joined ada`. A peer id is shown as the name of the socket that first got it, so `joined as ada` on
//! the socket `ada-again` means that an id was kept. A second id on the same socket is `ada'`.

use std::collections::BTreeMap;

use super::super::{room::SeatLink, *};
use crate::protocol::{PeerInfo, ResumeMode, ResumeToken, decode_client};

pub(super) const HEARTBEAT: u64 = 10_000;
pub(super) const RESUME_WINDOW: u64 = 30_000;
pub(super) const RELOAD_WINDOW: u64 = 5_000;
pub(super) const MAX_BAD_FRAMES: u32 = 10;
/// Longer than the scenarios that are not about it.
pub(super) const ICE_LIFETIME: u64 = 4_000 * HEARTBEAT;

const KEY: [u8; 32] = [7; 32];

pub(super) struct Stage {
    pub(super) hub: Hub,
    now: Millis,
    capacity: u32,
    next_conn: u64,
    sockets: BTreeMap<String, ConnId>,
    labels: BTreeMap<PeerId, String>,
    tokens: BTreeMap<String, ResumeToken>,
    /// What the server keeps on disk.
    revoked: Vec<Revocation>,
    /// The seats that have ended, and how.
    pub(super) ended: Vec<String>,
}

fn hub(now: Millis, room_capacity: u32, seed: u8) -> Hub {
    let config = HubConfig {
        room_capacity,
        heartbeat_ms: HEARTBEAT,
        resume_window_ms: RESUME_WINDOW,
        reload_window_ms: RELOAD_WINDOW,
        max_bad_frames: MAX_BAD_FRAMES,
        ice_lifetime_ms: Some(ICE_LIFETIME),
    };
    let unix = 1_795_000_000 + now.0 / 1_000;
    Hub::new(config, Start { now, unix, token_key: KEY, seed: [seed; 32] })
}

impl Stage {
    /// A hub that has just been started: every room has a grace period.
    pub(super) fn in_grace(capacity: u32) -> Self {
        let now = Millis(1_000);
        Self {
            hub: hub(now, capacity, 1),
            now,
            capacity,
            next_conn: 0,
            sockets: BTreeMap::new(),
            labels: BTreeMap::new(),
            tokens: BTreeMap::new(),
            revoked: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// A hub whose rooms have no grace period.
    pub(super) fn with_capacity(capacity: u32) -> Self {
        let mut stage = Self::in_grace(capacity);
        assert_eq!(stage.time_passes(RESUME_WINDOW), [""; 0]);
        stage
    }

    /// Two people, alone in the room `r`.
    pub(super) fn call_of_ada_and_bela() -> Self {
        let mut stage = Self::with_capacity(2);
        stage.joins("ada", "r");
        stage.joins("bela", "r");
        stage
    }

    /// The server is stopped and started: every socket is gone, the key is the same.
    pub(super) fn restarts(&mut self) {
        self.sockets.clear();
        self.starts();
    }

    /// The server stops with a word, and is started again.
    pub(super) fn stops_and_starts(&mut self) -> Vec<String> {
        let told = self.input(Input::Stop);
        assert_holds_nothing(&self.hub);
        assert!(self.sockets.is_empty(), "every socket is closed");
        self.starts();
        told
    }

    fn starts(&mut self) {
        self.hub = hub(self.now, self.capacity, 2);
        self.hub.restore_revoked(self.revoked.clone());
    }

    /// A socket that has not said anything.
    pub(super) fn connects(&mut self, who: &str) {
        self.next_conn += 1;
        let conn = ConnId(self.next_conn);
        assert!(self.sockets.insert(who.to_owned(), conn).is_none(), "{who} has a socket");
        assert_eq!(self.input(Input::Connected { conn }), [""; 0]);
    }

    /// A socket that has said hello.
    pub(super) fn greets(&mut self, who: &str) {
        self.connects(who);
        let hello = r#"{"type":"hello","version":1,"features":["lock","hands","reactions"]}"#;
        assert_eq!(self.says(who, hello), [format!("{who}: welcome")]);
    }

    /// A socket of a client that knows no locks, hands and reactions.
    pub(super) fn greets_plainly(&mut self, who: &str) {
        self.connects(who);
        assert_eq!(self.says(who, r#"{"type":"hello","version":1}"#), [format!("{who}: welcome")]);
    }

    /// A socket of a client that knows calls of two only, which is no more than that.
    pub(super) fn greets_for_a_pair(&mut self, who: &str) {
        self.connects(who);
        let conn = self.sockets[who];
        assert_eq!(self.input(Input::KnowsPairsOnly { conn }), [""; 0]);
        assert_eq!(self.says(who, r#"{"type":"hello","version":1}"#), [format!("{who}: welcome")]);
    }

    pub(super) fn locks(&mut self, who: &str) -> Vec<String> {
        self.says(who, r#"{"type":"lock","locked":true}"#)
    }

    pub(super) fn unlocks(&mut self, who: &str) -> Vec<String> {
        self.says(who, r#"{"type":"lock","locked":false}"#)
    }

    pub(super) fn raises_hand(&mut self, who: &str) -> Vec<String> {
        self.says(who, r#"{"type":"raise_hand","raised":true}"#)
    }

    pub(super) fn lowers_hand(&mut self, who: &str) -> Vec<String> {
        self.says(who, r#"{"type":"raise_hand","raised":false}"#)
    }

    pub(super) fn reacts(&mut self, who: &str, reaction: &str) -> Vec<String> {
        self.says(who, &format!(r#"{{"type":"react","reaction":"{reaction}"}}"#))
    }

    pub(super) fn joins(&mut self, who: &str, room: &str) -> Vec<String> {
        if !self.sockets.contains_key(who) {
            self.greets(who);
        }
        self.says(who, &format!(r#"{{"type":"join","room":"{room}","name":"{who}"}}"#))
    }

    /// Joins on a new socket with the token that `before` got.
    pub(super) fn returns(&mut self, who: &str, room: &str, mode: ResumeMode, before: &str) -> Vec<String> {
        let token = self.token(before);
        self.joins_with_token(who, room, mode, &token)
    }

    pub(super) fn joins_with_token(
        &mut self,
        who: &str,
        room: &str,
        mode: ResumeMode,
        token: &str,
    ) -> Vec<String> {
        if !self.sockets.contains_key(who) {
            self.greets(who);
        }
        let mode = match mode {
            ResumeMode::Reconnect => "reconnect",
            ResumeMode::Takeover => "takeover",
        };
        let resume = format!(r#"{{"token":"{token}","mode":"{mode}"}}"#);
        self.says(who, &format!(r#"{{"type":"join","room":"{room}","name":"{who}","resume":{resume}}}"#))
    }

    /// Joins with the name of a visit, and perhaps with the token that somebody got before a reload.
    pub(super) fn visits(&mut self, who: &str, room: &str, visit: u128, before: Option<&str>) -> Vec<String> {
        if !self.sockets.contains_key(who) {
            self.greets(who);
        }
        let resume = before.map(|before| {
            let token = self.token(before);
            format!(r#","resume":{{"token":"{token}","mode":"takeover"}}"#)
        });
        let resume = resume.unwrap_or_default();
        self.says(
            who,
            &format!(r#"{{"type":"join","room":"{room}","name":"{who}","visit":"{visit:032x}"{resume}}}"#),
        )
    }

    pub(super) fn signals(&mut self, who: &str, to: &str, payload: &str) -> Vec<String> {
        let to = self.peer(to);
        self.says(who, &format!(r#"{{"type":"signal","to":"{to}","signal":{payload}}}"#))
    }

    pub(super) fn keeps_seat_of(&mut self, who: &str, peer: &str) -> Vec<String> {
        let peer = self.peer(peer);
        self.says(who, &format!(r#"{{"type":"keep_seat","peer":"{peer}"}}"#))
    }

    pub(super) fn leaves(&mut self, who: &str) -> Vec<String> {
        self.says(who, r#"{"type":"leave"}"#)
    }

    /// One text frame, read as the server reads it.
    pub(super) fn says(&mut self, who: &str, text: &str) -> Vec<String> {
        let conn = self.sockets[who];
        self.input(Input::Frame { conn, frame: decode_client(text) })
    }

    pub(super) fn loses_socket(&mut self, who: &str) -> Vec<String> {
        self.ends(who, SocketEnd::Lost)
    }

    /// Without a code, as a client that may come back.
    pub(super) fn hangs_up(&mut self, who: &str) -> Vec<String> {
        self.ends(who, SocketEnd::PageGone)
    }

    pub(super) fn closes_page(&mut self, who: &str) -> Vec<String> {
        self.ends(who, SocketEnd::PageClosed)
    }

    pub(super) fn asks_for_page(&mut self, room: &str) -> Vec<String> {
        self.input(Input::PageServed { room: room.parse().expect("a room name") })
    }

    fn ends(&mut self, who: &str, end: SocketEnd) -> Vec<String> {
        let conn = self.sockets.remove(who).unwrap_or_else(|| panic!("{who} has no socket"));
        self.input(Input::Closed { conn, end })
    }

    /// Time passes; every socket answers its heartbeats, which are not told.
    pub(super) fn time_passes(&mut self, ms: u64) -> Vec<String> {
        self.pass(ms, true)
    }

    /// Time passes and nobody says a word.
    pub(super) fn silence_passes(&mut self, ms: u64) -> Vec<String> {
        self.pass(ms, false)
    }

    fn pass(&mut self, ms: u64, answering: bool) -> Vec<String> {
        let until = self.now + ms;
        let mut told = Vec::new();
        for _ in 0..10_000 {
            let Some(next) = self.hub.poll_timeout().filter(|next| *next <= until) else {
                self.now = until;
                return told;
            };
            self.now = self.now.max(next);
            for line in self.input(Input::Tick) {
                match line.strip_suffix(": heartbeat") {
                    Some(who) if answering => {
                        assert_eq!(self.says(who, r#"{"type":"heartbeat"}"#), [""; 0]);
                    }
                    Some(_) | None => told.push(line),
                }
            }
        }
        panic!("the hub never settles");
    }

    pub(super) fn token(&self, who: &str) -> String {
        self.tokens[who].as_str().to_owned()
    }

    pub(super) fn peer(&self, label: &str) -> PeerId {
        *self.labels.iter().find(|(_, name)| *name == label).unwrap_or_else(|| panic!("nobody is {label}")).0
    }

    fn input(&mut self, input: Input) -> Vec<String> {
        self.hub.handle_input(self.now, input);
        let effects: Vec<Effect> = std::iter::from_fn(|| self.hub.poll_effect()).collect();
        // Others hear of a newcomer before the newcomer hears of the seat: labels come first.
        for effect in &effects {
            if let Effect::Send { conn, msg: ServerMsg::Locked { resume_token, .. } } = effect {
                self.tokens.insert(self.socket_name(*conn), resume_token.clone());
            }
            if let Effect::SendIceServers { conn, msg: ServerMsg::Joined { you, resume_token, .. }, .. } =
                effect
            {
                let who = self.socket_name(*conn);
                if !self.labels.contains_key(you) {
                    let mut label = who.clone();
                    while self.labels.values().any(|taken| *taken == label) {
                        label.push('\'');
                    }
                    self.labels.insert(*you, label);
                }
                self.tokens.insert(who, resume_token.clone());
            }
        }
        let lines = effects.into_iter().filter_map(|effect| self.tell(effect)).collect();
        check_invariants(&self.hub, self.capacity);
        lines
    }

    fn socket_name(&self, conn: ConnId) -> String {
        let name = self.sockets.iter().find(|(_, other)| **other == conn).map(|(name, _)| name.clone());
        name.unwrap_or_else(|| panic!("{conn:?} is addressed, and closed"))
    }

    /// Returns what a socket is told.
    fn tell(&mut self, effect: Effect) -> Option<String> {
        Some(match effect {
            Effect::Send { conn, msg } => format!("{}: {}", self.socket_name(conn), self.message(&msg)),
            Effect::SendIceServers { conn, peer, msg } => {
                assert!(self.hub.sockets[&conn].place.as_ref().is_some_and(|place| place.peer == peer));
                format!("{}: {}", self.socket_name(conn), self.message(&msg))
            }
            Effect::Close { conn, code } => {
                let who = self.socket_name(conn);
                self.sockets.remove(&who);
                format!("{who}: closed, {code:?}")
            }
            Effect::Revoke(revocation) => {
                self.revoked.push(revocation);
                return None;
            }
            Effect::SeatEnded { peer, end } => {
                let seats = self.hub.rooms.values().flat_map(|room| &room.seats);
                assert!(seats.into_iter().all(|seat| seat.peer != peer), "{peer} has a seat");
                let label = self.labels.get(&peer).cloned().unwrap_or_else(|| format!("stranger {peer}"));
                self.ended.push(format!("{label}, {end:?}"));
                return None;
            }
        })
    }

    fn message(&self, msg: &RawServerMsg) -> String {
        let label =
            |peer: &PeerId| self.labels.get(peer).cloned().unwrap_or_else(|| format!("stranger {peer}"));
        let info = |info: &PeerInfo| {
            let replaces = info.replaces.map(|old| format!(" for {}", label(&old))).unwrap_or_default();
            let reconnecting = if info.reconnecting { " (reconnecting)" } else { "" };
            let hand = info.hand.map(|hand| format!(" (hand {hand})")).unwrap_or_default();
            format!("{}{replaces}{reconnecting}{hand}", label(&info.id))
        };
        match msg {
            ServerMsg::Welcome { .. } => "welcome".to_owned(),
            ServerMsg::Joined { room, you, peers, complete, locked, hand, .. } => {
                let peers: Vec<String> = peers.iter().map(info).collect();
                let doubt = if *complete { "" } else { ", incomplete" };
                let locked = if *locked { ", locked" } else { "" };
                let hand = hand.map(|hand| format!(", hand {hand}")).unwrap_or_default();
                format!("joined {room} as {} with [{}]{doubt}{locked}{hand}", label(you), peers.join(", "))
            }
            ServerMsg::Full { room, capacity } => format!("full {room} of {capacity}"),
            ServerMsg::PeerJoined { peer, replaces: None } => format!("peer_joined {}", info(peer)),
            ServerMsg::PeerJoined { peer, replaces: Some(old) } => {
                format!("peer_joined {} for {}", info(peer), label(old))
            }
            ServerMsg::PeerLeft { peer, reason } => format!("peer_left {}, {reason:?}", label(peer)),
            ServerMsg::PeerReconnecting { peer } => format!("peer_reconnecting {}", label(peer)),
            ServerMsg::PeerBack { peer } => format!("peer_back {}", label(peer)),
            ServerMsg::MediaChanged { peer, media } => {
                format!("media_changed {} {}/{}", label(peer), media.microphone, media.camera)
            }
            ServerMsg::Locked { locked, by, .. } => {
                format!("{} by {}", if *locked { "locked" } else { "unlocked" }, label(by))
            }
            ServerMsg::HandRaised { peer, hand: Some(hand) } => format!("hand {hand} of {}", label(peer)),
            ServerMsg::HandRaised { peer, hand: None } => format!("no hand of {}", label(peer)),
            ServerMsg::Reaction { peer, reaction } => format!("{} from {}", reaction.name(), label(peer)),
            ServerMsg::Signal { from, signal } => format!("signal from {} {}", label(from), signal.get()),
            ServerMsg::IceServers { .. } => "ice_servers".to_owned(),
            ServerMsg::Heartbeat => "heartbeat".to_owned(),
            ServerMsg::ServerRestarting { retry_after_ms } => format!("restarting {retry_after_ms}"),
            ServerMsg::Error { code, .. } => format!("error {code:?}"),
        }
    }
}

/// What the documentation of the hub promises at any time.
pub(super) fn check_invariants(hub: &Hub, capacity: u32) {
    for (name, room) in &hub.rooms {
        assert!(!room.is_empty(), "{name} exists without anybody");
        let capacity = if room.is_for_pairs() { 2 } else { capacity as usize };
        assert!(room.seats.len() <= capacity, "{name} is overfull");
        for seat in &room.seats {
            let place = Place { room: name.clone(), peer: seat.peer };
            let deadline = hub.deadlines.is_set(&Timer::Seat(name.clone(), seat.peer));
            match seat.link {
                SeatLink::Up(conn) => {
                    assert_eq!(hub.place_of(conn).as_ref(), Some(&place), "a seat and its socket disagree");
                    assert!(!deadline, "a seat in use has a deadline");
                }
                SeatLink::Down(_) => assert!(deadline, "a lost seat is kept for ever"),
            }
        }
    }
    for (conn, socket) in &hub.sockets {
        assert!(hub.deadlines.is_set(&Timer::Silence(*conn)), "nobody looks after {conn:?}");
        if let Some(place) = &socket.place {
            let link =
                hub.rooms.get(&place.room).and_then(|room| room.seat(place.peer)).map(|seat| seat.link);
            assert_eq!(link, Some(SeatLink::Up(*conn)), "a socket and its seat disagree");
        }
    }
}

/// Nothing is left of anybody, not even a timer.
pub(super) fn assert_holds_nothing(hub: &Hub) {
    assert_eq!(hub.room_count(), 0);
    assert_eq!(hub.conn_count(), 0);
    assert_eq!(hub.poll_timeout(), None);
}
