//! Whatever sockets do, in whatever order. A model of who sits where, built from what the sockets are told,
//! says who may hear what.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};

use super::{
    super::*,
    stage::{
        HEARTBEAT, MAX_BAD_FRAMES, RELOAD_WINDOW, RESUME_WINDOW, assert_holds_nothing, check_invariants,
    },
};
use crate::protocol::{PeerInfo, ResumeToken, decode_client};

const SOCKETS: usize = 6;
const ROOMS: [&str; 3] = ["r", "s", "R"];
const CAPACITY: u32 = 3;
/// Every so many sockets there is one whose client knows calls of two only.
const PAIRS_ONLY: usize = 4;
const LEAVE: &str = r#"{"type":"leave"}"#;

#[derive(Debug, Clone)]
enum Step {
    Connect(usize),
    /// Connects if need be, says hello, joins: so that rooms fill often.
    Enter(usize, usize, Option<Claim>),
    Say(usize, Say),
    Close(usize, SocketEnd),
    /// A page of this room is asked for.
    Load(usize),
    Pass(u64),
    Restart,
}

/// One of the tokens given out so far, and how it is used.
#[derive(Debug, Clone)]
struct Claim {
    token: prop::sample::Index,
    takeover: bool,
    damaged: bool,
}

#[derive(Debug, Clone)]
enum Say {
    Hello(u32),
    Join(usize, Option<Claim>),
    SetMedia(bool, bool),
    /// To one of all the ids ever given out.
    Signal(prop::sample::Index),
    /// That of one of all the ids ever given out.
    KeepSeat(prop::sample::Index),
    Lock(bool),
    RaiseHand(bool),
    React,
    Heartbeat,
    Leave,
    Garbage(String),
}

fn any_claim() -> impl Strategy<Value = Option<Claim>> {
    let claim = (any::<prop::sample::Index>(), any::<bool>(), prop::bool::weighted(0.1));
    prop::option::of(claim.prop_map(|(token, takeover, damaged)| Claim { token, takeover, damaged }))
}

fn any_say() -> impl Strategy<Value = Say> {
    prop_oneof![
        1 => (0..3u32).prop_map(Say::Hello),
        3 => (0..ROOMS.len(), any_claim()).prop_map(|(room, claim)| Say::Join(room, claim)),
        2 => any::<(bool, bool)>().prop_map(|(microphone, camera)| Say::SetMedia(microphone, camera)),
        8 => any::<prop::sample::Index>().prop_map(Say::Signal),
        2 => any::<prop::sample::Index>().prop_map(Say::KeepSeat),
        2 => any::<bool>().prop_map(Say::Lock),
        2 => any::<bool>().prop_map(Say::RaiseHand),
        1 => Just(Say::React),
        1 => Just(Say::Heartbeat),
        2 => Just(Say::Leave),
        1 => any::<String>().prop_map(Say::Garbage),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let end = prop::sample::select(vec![SocketEnd::PageGone, SocketEnd::PageClosed, SocketEnd::Lost]);
    let time =
        prop_oneof![0..100u64, Just(RELOAD_WINDOW), Just(HEARTBEAT), Just(RESUME_WINDOW), 0..40_000u64];
    prop_oneof![
        4 => (0..SOCKETS).prop_map(Step::Connect),
        20 => (0..SOCKETS, 0..ROOMS.len(), any_claim())
            .prop_map(|(at, room, claim)| Step::Enter(at, room, claim)),
        40 => (0..SOCKETS, any_say()).prop_map(|(at, say)| Step::Say(at, say)),
        8 => (0..SOCKETS, end).prop_map(|(at, end)| Step::Close(at, end)),
        2 => (0..ROOMS.len()).prop_map(Step::Load),
        8 => time.prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// Where a socket sits, as it was told.
#[derive(Debug, Clone, PartialEq)]
struct Sitting {
    room: RoomName,
    peer: PeerId,
    /// As it was told.
    locked: bool,
    hands: BTreeMap<PeerId, u32>,
}

struct World {
    hub: Hub,
    now: Millis,
    sockets: Vec<Option<ConnId>>,
    next_conn: u64,
    sitting: BTreeMap<ConnId, Sitting>,
    /// The room of every id ever given out.
    room_of: BTreeMap<PeerId, RoomName>,
    tokens: Vec<ResumeToken>,
    /// What the server keeps on disk.
    revoked: Vec<Revocation>,
    signals_sent: u64,
}

/// What a message says about a room: which ids it speaks of.
fn speaks_of(msg: &RawServerMsg) -> Vec<PeerId> {
    match msg {
        ServerMsg::PeerJoined { peer: PeerInfo { id, .. }, .. } => vec![*id],
        ServerMsg::PeerLeft { peer, .. }
        | ServerMsg::PeerReconnecting { peer }
        | ServerMsg::PeerBack { peer }
        | ServerMsg::MediaChanged { peer, .. }
        | ServerMsg::Locked { by: peer, .. }
        | ServerMsg::HandRaised { peer, .. }
        | ServerMsg::Reaction { peer, .. }
        | ServerMsg::Signal { from: peer, .. } => vec![*peer],
        ServerMsg::Joined { you, peers, .. } => peers.iter().map(|peer| peer.id).chain([*you]).collect(),
        ServerMsg::Welcome { .. }
        | ServerMsg::Full { .. }
        | ServerMsg::IceServers { .. }
        | ServerMsg::Heartbeat
        | ServerMsg::ServerRestarting { .. }
        | ServerMsg::Error { .. } => Vec::new(),
    }
}

impl World {
    fn new() -> Self {
        Self {
            hub: Self::hub(Millis(0), 0),
            now: Millis(0),
            sockets: vec![None; SOCKETS],
            next_conn: 0,
            sitting: BTreeMap::new(),
            room_of: BTreeMap::new(),
            tokens: Vec::new(),
            revoked: Vec::new(),
            signals_sent: 0,
        }
    }

    fn hub(now: Millis, seed: u64) -> Hub {
        let config = HubConfig {
            room_capacity: CAPACITY,
            heartbeat_ms: HEARTBEAT,
            resume_window_ms: RESUME_WINDOW,
            reload_window_ms: RELOAD_WINDOW,
            max_bad_frames: MAX_BAD_FRAMES,
            ice_lifetime_ms: Some(2 * HEARTBEAT),
        };
        let mut rng = [3; 32];
        rng[..8].copy_from_slice(&seed.to_le_bytes());
        Hub::new(config, Start { now, unix: 0, token_key: [7; 32], seed: rng })
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Connect(at) => self.connect(at),
            Step::Enter(at, room, claim) => {
                self.connect(at);
                self.say(at, Say::Hello(1));
                self.say(at, Say::Join(room, claim));
            }
            Step::Say(at, say) => self.say(at, say),
            Step::Close(at, end) => self.close(at, end),
            Step::Load(room) => {
                self.input(Input::PageServed { room: ROOMS[room].parse().unwrap() });
            }
            Step::Pass(ms) => self.pass(ms),
            Step::Restart => {
                self.sockets.fill(None);
                self.sitting.clear();
                // Ids come from another seed, as they do from a new process.
                self.hub = Self::hub(self.now, self.next_conn + 1);
                self.hub.restore_revoked(self.revoked.clone());
            }
        }
    }

    fn connect(&mut self, at: usize) {
        if self.sockets[at].is_none() {
            self.next_conn += 1;
            let conn = ConnId(self.next_conn);
            self.sockets[at] = Some(conn);
            self.input(Input::Connected { conn });
            if at.is_multiple_of(PAIRS_ONLY) {
                self.input(Input::KnowsPairsOnly { conn });
            }
        }
    }

    fn close(&mut self, at: usize, end: SocketEnd) {
        if let Some(conn) = self.sockets[at].take() {
            self.sitting.remove(&conn);
            self.input(Input::Closed { conn, end });
        }
    }

    fn pass(&mut self, ms: u64) {
        let until = self.now + ms;
        for _ in 0..10_000 {
            let Some(next) = self.hub.poll_timeout().filter(|next| *next <= until) else {
                self.now = until;
                return;
            };
            self.now = self.now.max(next);
            self.input(Input::Tick);
        }
        panic!("the hub never settles");
    }

    fn say(&mut self, at: usize, say: Say) {
        let Some(conn) = self.sockets[at] else { return };
        let text = match say {
            Say::Hello(version) => {
                format!(r#"{{"type":"hello","version":{version},"features":["lock","hands","reactions"]}}"#)
            }
            Say::Join(room, claim) => self.join_text(room, claim),
            Say::SetMedia(microphone, camera) => {
                format!(r#"{{"type":"set_media","media":{{"microphone":{microphone},"camera":{camera}}}}}"#)
            }
            Say::Signal(to) => return self.signal(conn, to),
            Say::KeepSeat(peer) => {
                let ids: Vec<PeerId> = self.room_of.keys().copied().collect();
                let peer = if ids.is_empty() { PeerId::new(1) } else { *peer.get(&ids) };
                format!(r#"{{"type":"keep_seat","peer":"{peer}"}}"#)
            }
            Say::Lock(locked) => format!(r#"{{"type":"lock","locked":{locked}}}"#),
            Say::RaiseHand(raised) => format!(r#"{{"type":"raise_hand","raised":{raised}}}"#),
            Say::React => r#"{"type":"react","reaction":"heart"}"#.to_owned(),
            Say::Heartbeat => r#"{"type":"heartbeat"}"#.to_owned(),
            Say::Leave => LEAVE.to_owned(),
            Say::Garbage(text) => text,
        };
        if text == LEAVE {
            self.sitting.remove(&conn);
        }
        self.input(Input::Frame { conn, frame: decode_client(&text) });
    }

    fn join_text(&self, room: usize, claim: Option<Claim>) -> String {
        let room = ROOMS[room];
        let Some(claim) = claim.filter(|_| !self.tokens.is_empty()) else {
            return format!(r#"{{"type":"join","room":"{room}"}}"#);
        };
        let token = claim.token.get(&self.tokens).as_str();
        let token = if claim.damaged { &token[..token.len() - 2] } else { token };
        let mode = if claim.takeover { "takeover" } else { "reconnect" };
        format!(r#"{{"type":"join","room":"{room}","resume":{{"token":"{token}","mode":"{mode}"}}}}"#)
    }

    /// The model knows who must hear a signal: exactly the one who sits in the same room under that id.
    fn signal(&mut self, conn: ConnId, to: prop::sample::Index) {
        let ids: Vec<PeerId> = self.room_of.keys().copied().collect();
        if ids.is_empty() {
            return;
        }
        let to = *to.get(&ids);
        self.signals_sent += 1;
        let payload = format!(r#"{{"n":{}}}"#, self.signals_sent);
        let sender = self.sitting.get(&conn).cloned();
        let receiver = sender.as_ref().filter(|sender| sender.peer != to).and_then(|sender| {
            let is_there = |sitting: &Sitting| sitting.room == sender.room && sitting.peer == to;
            self.sitting.iter().find(|(_, sitting)| is_there(sitting)).map(|(conn, _)| *conn)
        });
        let frame = decode_client(&format!(r#"{{"type":"signal","to":"{to}","signal":{payload}}}"#));
        let mut heard = Vec::new();
        for effect in self.input(Input::Frame { conn, frame }) {
            if let Effect::Send { conn, msg: ServerMsg::Signal { from, signal } } = effect {
                heard.push((conn, from, signal.get().to_owned()));
            }
        }
        let expected = receiver.zip(sender).map(|(conn, sender)| (conn, sender.peer, payload));
        assert_eq!(heard, Vec::from_iter(expected));
    }

    /// Feeds the hub, holds every effect against the model, and brings the model up to date.
    fn input(&mut self, input: Input) -> Vec<Effect> {
        let locked: Vec<RoomName> =
            self.hub.rooms.iter().filter(|(_, room)| room.locked).map(|(name, _)| name.clone()).collect();
        let has_claim =
            matches!(&input, Input::Frame { frame: Ok(ClientMsg::Join { resume: Some(_), .. }), .. });
        self.hub.handle_input(self.now, input);
        let effects: Vec<Effect> = std::iter::from_fn(|| self.hub.poll_effect()).collect();
        // Others hear of a newcomer first, so the rooms of new ids are looked up ahead.
        for effect in &effects {
            if let Effect::SendIceServers { msg: ServerMsg::Joined { room, you, resume_token, .. }, .. } =
                effect
            {
                assert!(has_claim || !locked.contains(room), "somebody new is in a locked room");
                let before = self.room_of.insert(*you, room.clone());
                assert!(before.is_none_or(|before| before == *room), "an id moved to another room");
                self.tokens.push(resume_token.clone());
            }
        }
        for effect in &effects {
            match effect {
                Effect::Send { conn, msg } => {
                    assert!(!matches!(msg, ServerMsg::Joined { .. } | ServerMsg::IceServers { .. }));
                    self.check_sent(*conn, msg);
                }
                Effect::SendIceServers { conn, peer, msg } => {
                    self.check_sent(*conn, msg);
                    assert_eq!(self.sitting[conn].peer, *peer, "credentials of somebody else");
                }
                Effect::Close { conn, .. } => self.forget(*conn),
                Effect::Revoke(revocation) => self.revoked.push(*revocation),
                Effect::SeatEnded { .. } => {}
            }
        }
        self.check_seats();
        effects
    }

    fn check_sent(&mut self, conn: ConnId, msg: &RawServerMsg) {
        assert!(self.sockets.contains(&Some(conn)), "{msg:?} is sent to a closed socket");
        match msg {
            ServerMsg::Joined { room, you, peers, locked, hand, .. } => {
                let hands = peers.iter().map(|peer| (peer.id, peer.hand)).chain([(*you, *hand)]);
                let hands = hands.filter_map(|(peer, hand)| Some((peer, hand?))).collect();
                let sitting = Sitting { room: room.clone(), peer: *you, locked: *locked, hands };
                let before = self.sitting.insert(conn, sitting);
                assert_eq!(before, None, "a socket has a second seat");
            }
            ServerMsg::Full { .. } | ServerMsg::Error { code: ErrorCode::RoomLocked, .. } => {
                self.sitting.remove(&conn);
            }
            ServerMsg::Welcome { .. }
            | ServerMsg::IceServers { .. }
            | ServerMsg::PeerJoined { .. }
            | ServerMsg::PeerLeft { .. }
            | ServerMsg::PeerReconnecting { .. }
            | ServerMsg::PeerBack { .. }
            | ServerMsg::MediaChanged { .. }
            | ServerMsg::Signal { .. }
            | ServerMsg::Locked { .. }
            | ServerMsg::HandRaised { .. }
            | ServerMsg::Reaction { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. }
            | ServerMsg::Error { .. } => {}
        }
        self.note(conn, msg);
        for peer in speaks_of(msg) {
            let room = self.sitting.get(&conn).map(|sitting| &sitting.room);
            assert_eq!(self.room_of.get(&peer), room, "{msg:?} is heard outside its room");
        }
    }

    /// What somebody in the room is told of its lock and of hands.
    fn note(&mut self, conn: ConnId, msg: &RawServerMsg) {
        let Some(sitting) = self.sitting.get_mut(&conn) else { return };
        let mut set = |peer: PeerId, hand: Option<u32>| match hand {
            Some(hand) => sitting.hands.insert(peer, hand),
            None => sitting.hands.remove(&peer),
        };
        match msg {
            ServerMsg::PeerJoined { peer, replaces } => {
                if let Some(old) = replaces {
                    set(*old, None);
                }
                set(peer.id, peer.hand);
            }
            ServerMsg::PeerLeft { peer, .. } => {
                set(*peer, None);
            }
            ServerMsg::HandRaised { peer, hand } => {
                set(*peer, *hand);
            }
            ServerMsg::Locked { locked, resume_token, .. } => {
                sitting.locked = *locked;
                self.tokens.push(resume_token.clone());
            }
            ServerMsg::Welcome { .. }
            | ServerMsg::Joined { .. }
            | ServerMsg::Full { .. }
            | ServerMsg::PeerReconnecting { .. }
            | ServerMsg::PeerBack { .. }
            | ServerMsg::MediaChanged { .. }
            | ServerMsg::Reaction { .. }
            | ServerMsg::Signal { .. }
            | ServerMsg::IceServers { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. }
            | ServerMsg::Error { .. } => {}
        }
    }

    fn forget(&mut self, conn: ConnId) {
        let at = self.sockets.iter().position(|socket| *socket == Some(conn));
        self.sockets[at.expect("a closed socket is closed again")] = None;
        self.sitting.remove(&conn);
    }

    fn check_seats(&self) {
        check_invariants(&self.hub, CAPACITY);
        for room in self.sitting.values().map(|sitting| &sitting.room).collect::<BTreeSet<_>>() {
            let there: Vec<_> = self.sitting.values().filter(|sitting| sitting.room == *room).collect();
            let ids: BTreeSet<_> = there.iter().map(|sitting| sitting.peer).collect();
            assert_eq!(ids.len(), there.len(), "two sockets sit under one id");
        }
        for sitting in self.sitting.values() {
            let room = &self.hub.rooms[&sitting.room];
            let hands = room.seats.iter().filter_map(|seat| Some((seat.peer, seat.hand?))).collect();
            assert_eq!((sitting.locked, &sitting.hands), (room.locked, &hands), "{:?}", sitting.peer);
        }
        let open = self.sockets.iter().flatten().count();
        assert_eq!(self.hub.conn_count(), open);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_its_room_and_nothing_stays_behind(steps in vec(any_step(), 1..80)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        for at in 0..SOCKETS {
            if at % 2 == 0 {
                world.say(at, Say::Leave);
            }
            world.close(at, if at % 3 == 0 { SocketEnd::PageGone } else { SocketEnd::Lost });
        }
        // A grace period may have been extended by a window.
        world.pass(2 * RESUME_WINDOW);
        assert_holds_nothing(&world.hub);
    }
}
