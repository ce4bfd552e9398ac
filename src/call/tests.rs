//! Scenarios of the [`Call`] core, told as scripts: what the server, the browser and the person do, and what
//! the call asks for in return. `tests/simulation` joins several calls with the real hub.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a script looks for one effect among many")]

mod devices;
mod groups;
mod joining;
mod negotiating;
mod recovering;
mod sharing;
mod together;

use std::collections::BTreeMap;

use super::*;
use crate::protocol::{
    Candidate, CloseCode, Description, DescriptionKind, ErrorCode, IceServer, LeaveReason, MediaState,
    PeerId, PeerInfo, Resume, ResumeMode, ResumeToken, RoomName, ServerMsg, Signal, TrackSource, Tracks,
    Viewing, VisitId,
};

/// This client. [`GIVING_WAY`] is polite towards it, it is polite towards [`INSISTING`].
const ME: PeerId = PeerId::new(50);
const GIVING_WAY: PeerId = PeerId::new(10);
const INSISTING: PeerId = PeerId::new(90);
const VISIT: VisitId = VisitId::new(5);
const SET_LOCAL: Operation = Operation::SetLocal { two_channels: false };
const HEARTBEAT_MS: u64 = 10_000;
const RESUME_WINDOW_MS: u64 = 30_000;

/// A call, its clock, and a browser in which every operation waits for the script.
struct Scene {
    call: Call,
    now: Millis,
    /// Connection of each peer, as last opened.
    connections: Vec<(PeerId, ConnectionId)>,
    /// The media sections of its connection.
    sections: BTreeMap<PeerId, Vec<MediaSection>>,
    /// Operations that wait for an answer.
    running: Vec<(OpId, PeerId, Operation)>,
    /// How pictures are to be sent to each peer, apart from the other effects.
    encoded: Vec<(PeerId, TrackSource, Encoding)>,
    /// What is sent over transceivers of a peer, and received from it, likewise.
    sent: Vec<(PeerId, Vec<(String, TrackSource)>)>,
    received: Vec<(PeerId, Vec<(String, TrackSource)>)>,
    /// The switches stored for a reload, likewise.
    switches: Vec<(DeviceKind, bool)>,
    /// Whether the screen is to be kept on, and whether one is shared, likewise.
    kept_on: Vec<bool>,
    sharing: Vec<bool>,
    /// When the newest media of the peers was played.
    newest_ms: u64,
}

impl Scene {
    fn lobby() -> Self {
        Self::with_seed(7)
    }

    fn with_seed(seed: u64) -> Self {
        Self {
            call: Call::new(seed),
            now: Millis(1_000),
            connections: Vec::new(),
            sections: BTreeMap::new(),
            running: Vec::new(),
            encoded: Vec::new(),
            sent: Vec::new(),
            received: Vec::new(),
            switches: Vec::new(),
            kept_on: Vec::new(),
            sharing: Vec::new(),
            newest_ms: 0,
        }
    }

    /// Alone in the room, with a seat.
    fn seated() -> Self {
        Self::seated_with(&[])
    }

    /// Newcomer in a room with these people.
    fn seated_with(peers: &[PeerId]) -> Self {
        let mut scene = Self::lobby();
        scene.join();
        scene.give(claimed(None));
        scene.give(Input::Socket(SocketEvent::Opened));
        scene.server(welcome());
        scene.server(joined(ME, peers, true));
        scene
    }

    /// In a room into which this person has come, with the offer already sent.
    fn offering_to(peer: PeerId) -> Self {
        let mut scene = Self::seated();
        scene.server(arrival(peer));
        scene.event(peer, ConnectionEvent::NegotiationNeeded);
        scene.describes(peer, offer("first offer"));
        scene
    }

    /// Connected with one person, after an offer from this side.
    fn connected_to(peer: PeerId) -> Self {
        let mut scene = Self::offering_to(peer);
        scene.signal(peer, answer_signal("first answer", 0));
        scene.succeeds(peer);
        scene.state(peer, ConnectionState::Connected);
        scene
    }

    fn give(&mut self, input: Input) -> Vec<Effect> {
        self.call.handle_input(self.now, input);
        let mut effects = Vec::new();
        while let Some(effect) = self.call.poll_effect() {
            self.note(&effect);
            match effect {
                Effect::Encode { peer, source, encoding } => self.encoded.push((peer, source, encoding)),
                Effect::SendTracks { peer, tracks } => self.sent.push((peer, tracks)),
                Effect::ReceiveTracks { peer, tracks } => self.received.push((peer, tracks)),
                Effect::StoreSwitch { kind, on } => self.switches.push((kind, on)),
                Effect::KeepScreenOn { on } => self.kept_on.push(on),
                Effect::StoreSharing { on } => self.sharing.push(on),
                effect => effects.push(effect),
            }
        }
        effects
    }

    fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::OpenConnection { peer, connection, camera } => {
                self.connections.retain(|(known, _)| known != peer);
                self.connections.push((*peer, *connection));
                self.sections.insert(*peer, if camera.is_some() { sent_sections() } else { sections() });
            }
            Effect::SendTracks { peer, tracks } => {
                for section in self.sections.get_mut(peer).into_iter().flatten() {
                    let source =
                        tracks.iter().find(|(mid, _)| *mid == section.mid).map(|(_, source)| *source);
                    section.sends = section.sends.or(source);
                }
            }
            Effect::SendScreen { peer, .. } => {
                let sections = self.sections.get_mut(peer).unwrap();
                sections.push(section("screen", MediaKind::Video, Some(TrackSource::Screen)));
            }
            Effect::CloseConnection { peer } => {
                self.connections.retain(|(known, _)| known != peer);
                self.running.retain(|(_, of, _)| of != peer);
            }
            Effect::Operate { op, peer, operation } => self.running.push((*op, *peer, operation.clone())),
            Effect::ClaimSeat { .. }
            | Effect::UseIceServers(_)
            | Effect::StoreSeat { .. }
            | Effect::ForgetSeat { .. }
            | Effect::StoreSwitch { .. }
            | Effect::OpenSocket
            | Effect::CheckOrigin
            | Effect::CloseSocket
            | Effect::Send(_)
            | Effect::RestartIce { .. }
            | Effect::ReceiveTracks { .. }
            | Effect::Encode { .. }
            | Effect::Acquire { .. }
            | Effect::Install { .. }
            | Effect::Release { .. }
            | Effect::Silence { .. }
            | Effect::AcquireScreen { .. }
            | Effect::InstallScreen
            | Effect::HintScreen { .. }
            | Effect::ReleaseScreen
            | Effect::StoreSharing { .. }
            | Effect::KeepScreenOn { .. } => {}
        }
    }

    /// Lets time pass, with a tick whenever the call asked for one.
    fn after(&mut self, ms: u64) -> Vec<Effect> {
        let end = self.now + ms;
        let mut effects = Vec::new();
        let mut ticks = 0;
        while let Some(due) = self.call.poll_timeout().filter(|due| *due <= end) {
            ticks += 1;
            assert!(ticks < 1_000, "the call asks for ticks without end");
            self.now = self.now.max(due);
            effects.extend(self.give(Input::Tick));
        }
        self.now = end;
        effects
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        self.give(Input::Command(command))
    }

    fn join(&mut self) -> Vec<Effect> {
        self.command(Command::Join { room: room(), name: Some("Ada".parse().unwrap()) })
    }

    fn server(&mut self, message: ServerMsg) -> Vec<Effect> {
        self.give(Input::Socket(SocketEvent::Message(message)))
    }

    fn signal(&mut self, from: PeerId, signal: Signal) -> Vec<Effect> {
        self.server(ServerMsg::Signal { from, signal })
    }

    fn closes(&mut self, code: CloseCode) -> Vec<Effect> {
        self.give(Input::Socket(SocketEvent::Closed(code)))
    }

    fn connection(&self, peer: PeerId) -> ConnectionId {
        self.connections.iter().find(|(known, _)| *known == peer).unwrap().1
    }

    fn event(&mut self, peer: PeerId, event: ConnectionEvent) -> Vec<Effect> {
        let connection = self.connection(peer);
        self.give(Input::Connection { peer, connection, event })
    }

    fn state(&mut self, peer: PeerId, state: ConnectionState) -> Vec<Effect> {
        self.event(peer, ConnectionEvent::StateChanged(state))
    }

    /// Media arrives.
    fn plays_on(&mut self, peer: PeerId) {
        self.newest_ms += 400;
        let newest_ms = self.newest_ms;
        self.event(peer, ConnectionEvent::MediaSampled { newest_ms });
    }

    /// Media arrives, and then no more.
    fn stalls(&mut self, peer: PeerId) -> Vec<Effect> {
        self.newest_ms += 400;
        let newest_ms = self.newest_ms;
        let sample = |_| self.event(peer, ConnectionEvent::MediaSampled { newest_ms });
        // More than make a stall of sound.
        (0..5).flat_map(sample).collect()
    }

    fn finishes(&mut self, peer: PeerId, result: Result<Outcome, JsError>) -> Vec<Effect> {
        let at = self.running.iter().position(|(_, of, _)| *of == peer).expect("an operation is running");
        let (op, ..) = self.running.remove(at);
        self.give(Input::OpDone { op, result })
    }

    fn succeeds(&mut self, peer: PeerId) -> Vec<Effect> {
        let received = matches!(self.running(peer).first(), Some(Operation::SetRemote(_)));
        let sections = self.sections[&peer].clone();
        let outcome = if received { Outcome::Received { sections } } else { Outcome::Done };
        self.finishes(peer, Ok(outcome))
    }

    fn describes(&mut self, peer: PeerId, description: Description) -> Vec<Effect> {
        let Description { kind, sdp, .. } = description;
        let sections = self.sections[&peer].clone();
        self.finishes(peer, Ok(Outcome::Described { kind, sdp, sections }))
    }

    fn refuses(&mut self, peer: PeerId) -> Vec<Effect> {
        let error = JsError { name: "OperationError".to_owned(), message: String::new() };
        self.finishes(peer, Err(error))
    }

    fn running(&self, peer: PeerId) -> Vec<&Operation> {
        self.running.iter().filter(|(_, of, _)| *of == peer).map(|(.., operation)| operation).collect()
    }

    /// The socket is lost and found again; the server says this.
    fn resumes(&mut self, message: ServerMsg) -> Vec<Effect> {
        self.closes(CloseCode::Other(1006));
        let mut effects = self.after(500);
        effects.extend(self.give(Input::Socket(SocketEvent::Opened)));
        effects.extend(self.server(welcome()));
        effects.extend(self.server(message));
        effects
    }

    /// How much smaller the camera is sent than it is, as told since this was asked for.
    fn camera_sizes(&mut self) -> Vec<(PeerId, u8)> {
        let sizes = |(peer, source, encoding): (PeerId, _, Encoding)| {
            (source == TrackSource::Camera).then_some((peer, encoding.down_by))
        };
        std::mem::take(&mut self.encoded).into_iter().filter_map(sizes).collect()
    }

    fn status(&self) -> Status {
        self.call.view().status
    }
}

fn room() -> RoomName {
    "tea".parse().unwrap()
}

fn token(text: &str) -> ResumeToken {
    text.parse().unwrap()
}

fn claimed(before: Option<&str>) -> Input {
    Input::SeatClaimed { token: before.map(token), visit: Some(VISIT) }
}

fn welcome() -> ServerMsg {
    let (heartbeat_ms, resume_window_ms) = (HEARTBEAT_MS, RESUME_WINDOW_MS);
    ServerMsg::Welcome { version: 1, features: Vec::new(), heartbeat_ms, resume_window_ms }
}

fn joined(you: PeerId, peers: &[PeerId], complete: bool) -> ServerMsg {
    ServerMsg::Joined {
        room: room(),
        you,
        peers: peers.iter().copied().map(info).collect(),
        ice_servers: vec![stun()],
        resume_token: token("seat"),
        capacity: 4,
        complete,
        locked: false,
        hand: None,
    }
}

fn stun() -> IceServer {
    IceServer { urls: vec!["stun:stun.example".to_owned()], username: None, credential: None }
}

fn info(id: PeerId) -> PeerInfo {
    PeerInfo { id, name: None, media: MediaState::default(), reconnecting: false, replaces: None, hand: None }
}

fn arrival(peer: PeerId) -> ServerMsg {
    ServerMsg::PeerJoined { peer: info(peer), replaces: None }
}

fn section(mid: &str, kind: MediaKind, sends: Option<TrackSource>) -> MediaSection {
    MediaSection { mid: mid.to_owned(), kind, sends }
}

/// The first media sections of every connection here: sound, then video.
fn sections() -> Vec<MediaSection> {
    vec![section("0", MediaKind::Audio, None), section("1", MediaKind::Video, None)]
}

/// The same, while this client sends over them.
fn sent_sections() -> Vec<MediaSection> {
    let (microphone, camera) = (Some(TrackSource::Microphone), Some(TrackSource::Camera));
    vec![section("0", MediaKind::Audio, microphone), section("1", MediaKind::Video, camera)]
}

fn both() -> Vec<(String, TrackSource)> {
    vec![("0".to_owned(), TrackSource::Microphone), ("1".to_owned(), TrackSource::Camera)]
}

fn both_tracks() -> Tracks {
    both().into_iter().collect()
}

fn offer(sdp: &str) -> Description {
    Description { kind: DescriptionKind::Offer, sdp: sdp.to_owned(), tracks: Some(both_tracks()) }
}

fn answer(sdp: &str) -> Description {
    Description { kind: DescriptionKind::Answer, sdp: sdp.to_owned(), tracks: Some(both_tracks()) }
}

fn offer_signal(sdp: &str, epoch: u32) -> Signal {
    offer(sdp).into_signal(epoch)
}

fn answer_signal(sdp: &str, epoch: u32) -> Signal {
    answer(sdp).into_signal(epoch)
}

fn candidate(text: &str) -> Candidate {
    Candidate { candidate: text.to_owned(), sdp_mid: None, sdp_m_line_index: None, username_fragment: None }
}

fn candidate_signal(text: &str, epoch: u32) -> Signal {
    Signal::Candidate { candidate: candidate(text), epoch }
}

/// What was said to the server.
fn said(effects: &[Effect]) -> Vec<&ClientMsg> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Send(msg) = effect { Some(msg) } else { None })
        .collect()
}

/// The signals sent to somebody.
fn signals_to(effects: &[Effect], peer: PeerId) -> Vec<&Signal> {
    let to_peer = |msg| match msg {
        &ClientMsg::Signal { to, ref signal } if to == peer => Some(signal),
        _ => None,
    };
    said(effects).into_iter().filter_map(to_peer).collect()
}

fn opens_peer(effects: &[Effect], whom: PeerId) -> Option<bool> {
    effects.iter().find_map(|effect| match effect {
        Effect::OpenConnection { peer, camera, .. } if *peer == whom => Some(camera.is_some()),
        _ => None,
    })
}

fn operations(effects: &[Effect], whom: PeerId) -> Vec<&Operation> {
    let of_peer = |effect| match effect {
        &Effect::Operate { peer, ref operation, .. } if peer == whom => Some(operation),
        _ => None,
    };
    effects.iter().filter_map(of_peer).collect()
}
