//! A model of `RTCPeerConnection`, as far as a call can notice: JSEP states (RFC 8829, section 3.2), implicit
//! rollback, the rules of `negotiationneeded` (W3C webrtc, section 4.7.3), ICE generations and restarts, and
//! the identity of the other end, which DTLS pins.

use std::collections::{BTreeMap, BTreeSet};

use halloo::{
    call::{ConnectionId, ConnectionState, JsError, MediaKind, MediaSection, Operation, Outcome},
    protocol::{Candidate, Description, DescriptionKind, PeerId, TrackSource},
};

/// How long a connection may be without a path before it is `disconnected`, and then `failed`. Unit:
/// millisecond.
const CONSENT_MS: u64 = 3_000;
const GIVE_UP_MS: u64 = 10_000;

/// One connection, and the path it has found.
#[derive(Debug)]
pub(crate) struct PeerConnection {
    pub(crate) instance: u64,
    pub(crate) owner: usize,
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) signaling: Signaling,
    transceivers: Vec<Transceiver>,
    /// What is received from the peer, by `mid`.
    pub(crate) receives: Vec<(String, TrackSource)>,
    /// Whether the picture of the camera is encoded, if there is one.
    pub(crate) sends_camera: bool,
    /// The operation under way; the core promises one at a time.
    pub(crate) running: Option<(halloo::call::OpId, Operation)>,
    local: Half,
    remote: Half,
    next_ufrag: u32,
    /// `[[LocalIceCredentialsToReplace]]`.
    to_replace: Option<u32>,
    /// `[[NegotiationNeeded]]`.
    needed: bool,
    /// Candidates gathered so far, for the description that is read again.
    gathered: BTreeSet<Route>,
    reachable: BTreeSet<Route>,
    pub(crate) state: ConnectionState,
    trouble_since: Option<u64>,
    /// When media last arrived; 0 if never.
    pub(crate) newest_media_ms: u64,
    established: Option<Path>,
}

/// A transceiver, and what this end sends over it.
#[derive(Debug)]
struct Transceiver {
    /// `None` until a description that is not rolled back has a line for it.
    mid: Option<u8>,
    sends: Option<TrackSource>,
}

/// `currentDescription` and `pendingDescription` of one side.
#[derive(Debug, Default)]
struct Half {
    current: Option<Sdp>,
    pending: Option<Sdp>,
}

/// `RTCSignalingState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signaling {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

/// What the text of a description says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sdp {
    pub(crate) kind: DescriptionKind,
    pub(crate) instance: u64,
    ufrag: u32,
    m_lines: u8,
    routes: BTreeSet<Route>,
}

/// A candidate: an ICE generation, and the address of the device when it was gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    ufrag: u32,
    address: u32,
}

/// The two addresses between which media flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Path {
    mine: u32,
    theirs: u32,
}

/// What follows from a change, for the world to schedule.
#[derive(Debug, Default)]
pub(crate) struct Follow {
    /// Fire `negotiationneeded` soon.
    pub(crate) needed: bool,
    /// Gather candidates of this generation.
    pub(crate) gather: Option<u32>,
}

impl PeerConnection {
    pub(crate) fn new(
        instance: u64,
        owner: usize,
        peer: PeerId,
        connection: ConnectionId,
        offering: bool,
    ) -> (Self, Follow) {
        let new = Self {
            instance,
            owner,
            peer,
            connection,
            signaling: Signaling::Stable,
            transceivers: if offering { first_transceivers() } else { Vec::new() },
            receives: Vec::new(),
            sends_camera: true,
            running: None,
            local: Half::default(),
            remote: Half::default(),
            next_ufrag: 0,
            to_replace: None,
            needed: false,
            gathered: BTreeSet::new(),
            reachable: BTreeSet::new(),
            state: ConnectionState::Connecting,
            trouble_since: None,
            newest_media_ms: 0,
            established: None,
        };
        let needed = new.update_needed();
        (new, Follow { needed, gather: None })
    }

    /// `restartIce()`.
    pub(crate) fn restart_ice(&mut self) -> Follow {
        self.to_replace = self.local_ufrag();
        Follow { needed: self.update_needed(), gather: None }
    }

    /// Sends this over the transceivers of these lines.
    pub(crate) fn send_tracks(&mut self, tracks: &[(String, TrackSource)]) {
        for (mid, source) in tracks {
            let of_line = |one: &&mut Transceiver| one.mid.is_some_and(|known| known.to_string() == *mid);
            if let Some(transceiver) = self.transceivers.iter_mut().find(of_line) {
                transceiver.sends = Some(*source);
            }
        }
    }

    /// Sends a screen: `replaceTrack()`, or `addTransceiver()` the first time.
    pub(crate) fn send_screen(&mut self) -> Follow {
        let screen = Some(TrackSource::Screen);
        if !self.transceivers.iter().any(|transceiver| transceiver.sends == screen) {
            self.transceivers.push(Transceiver { mid: None, sends: screen });
        }
        Follow { needed: self.update_needed(), gather: None }
    }

    /// What is sent, by `mid`.
    pub(crate) fn sends(&self) -> Vec<(String, TrackSource)> {
        self.sections().into_iter().filter_map(|section| Some((section.mid, section.sends?))).collect()
    }

    /// The queued task that fires `negotiationneeded`: whether it does. While an operation is under way it
    /// does not, and is queued again after that.
    pub(crate) fn fires_needed(&mut self) -> bool {
        if self.running.is_some() || self.signaling != Signaling::Stable {
            return false;
        }
        let described = self.described_lines();
        let needed = self.to_replace.is_some()
            || self.transceivers.iter().any(|one| one.mid.is_none_or(|mid| mid >= described));
        let fire = needed && !self.needed;
        self.needed = needed;
        fire
    }

    /// Ends the operation under way.
    pub(crate) fn finish(&mut self, operation: &Operation) -> (Result<Outcome, JsError>, Follow) {
        let before = self.local_ufrag();
        let result = match operation {
            Operation::SetLocal { .. } => {
                let description = self.set_local();
                Ok(self.described(description))
            }
            Operation::SetRemote(description) => self.set_remote(description),
            Operation::AddCandidate(candidate) => self.add_candidate(candidate.as_ref()),
            Operation::ReadLocal => self.local_description().map(|description| self.described(description)),
        };
        self.running = None;
        let gather = self.local_ufrag().filter(|ufrag| Some(*ufrag) != before);
        (result, Follow { needed: self.update_needed(), gather })
    }

    /// Found a way to be reached. None if the generation has been given up meanwhile.
    pub(crate) fn gathered(&mut self, ufrag: u32, address: u32) -> Option<Candidate> {
        self.uses(ufrag)?;
        self.gathered.insert(Route { ufrag, address });
        Some(Candidate {
            candidate: format!("{} {ufrag} {address}", self.instance),
            sdp_mid: Some("0".to_owned()),
            sdp_m_line_index: Some(0),
            username_fragment: Some(ufrag.to_string()),
        })
    }

    /// Whether a generation is in use, or about to be.
    pub(crate) fn uses(&self, ufrag: u32) -> Option<()> {
        let halves = [&self.local.current, &self.local.pending];
        halves.into_iter().flatten().any(|sdp| sdp.ufrag == ufrag).then_some(())
    }

    /// The instance at the other end.
    pub(crate) fn remote_instance(&self) -> Option<u64> {
        self.remote.current.as_ref().map(|sdp| sdp.instance)
    }

    /// Whether each transceiver has a line in the description that is in force.
    pub(crate) fn is_described(&self) -> bool {
        let lines = self.described_lines();
        usize::from(lines) == self.transceivers.len()
            && self.transceivers.iter().all(|one| one.mid.is_some_and(|mid| mid < lines))
    }

    fn described_lines(&self) -> u8 {
        self.local.current.as_ref().map_or(0, |sdp| sdp.m_lines)
    }

    /// The path to the other end, if packets get through. `addresses` are those of the two devices.
    pub(crate) fn path_to(&self, other: &Self, addresses: (u32, u32)) -> Option<Path> {
        let paired =
            self.remote_instance() == Some(other.instance) && other.remote_instance() == Some(self.instance);
        let path = Path { mine: addresses.0, theirs: addresses.1 };
        let back = Path { mine: path.theirs, theirs: path.mine };
        let kept = || self.established == Some(path) && other.established == Some(back);
        let found = || self.hears(other, path.theirs) && other.hears(self, path.mine);
        (paired && (kept() || found())).then_some(path)
    }

    /// Moves on the connection's state. Returns it if it changed. `brings_media` says whether the other end
    /// sends any.
    pub(crate) fn settle_state(
        &mut self,
        now: u64,
        path: Option<Path>,
        brings_media: bool,
    ) -> Option<ConnectionState> {
        if path.is_some() {
            self.established = path;
            self.trouble_since = None;
            if brings_media {
                self.newest_media_ms = now;
            }
        } else if self.trouble_since.is_none() && self.remote.current.is_some() {
            self.trouble_since = Some(now);
        }
        let troubled_ms = self.trouble_since.map_or(0, |since| now - since);
        let next = match self.state {
            _ if path.is_some() => ConnectionState::Connected,
            ConnectionState::Connected if troubled_ms >= CONSENT_MS => ConnectionState::Disconnected,
            ConnectionState::Connecting | ConnectionState::Disconnected if troubled_ms >= GIVE_UP_MS => {
                ConnectionState::Failed
            }
            same @ (ConnectionState::Connecting
            | ConnectionState::Connected
            | ConnectionState::Disconnected
            | ConnectionState::Failed) => same,
        };
        let changed = next != self.state;
        self.state = next;
        changed.then_some(next)
    }

    /// The other end's generation is the one this end talks to, and there is a candidate that still holds.
    fn hears(&self, other: &Self, address: u32) -> bool {
        let (Some(remote), Some(local)) = (&self.remote.current, &other.local.current) else { return false };
        let route = Route { ufrag: remote.ufrag, address };
        remote.ufrag == local.ufrag && self.reachable.contains(&route)
    }

    fn local_ufrag(&self) -> Option<u32> {
        self.local.pending.as_ref().or(self.local.current.as_ref()).map(|sdp| sdp.ufrag)
    }

    /// "Update the negotiation-needed flag": whether the task is to be queued that may fire the event.
    fn update_needed(&self) -> bool {
        self.running.is_none()
    }

    fn described(&self, Description { kind, sdp, .. }: Description) -> Outcome {
        Outcome::Described { kind, sdp, sections: self.sections() }
    }

    /// The transceivers that have a `mid`. The first line is for sound, all others for pictures.
    fn sections(&self) -> Vec<MediaSection> {
        let kind = |mid| if mid == 0 { MediaKind::Audio } else { MediaKind::Video };
        let section = |one: &Transceiver| {
            let mid = one.mid?;
            Some((mid, MediaSection { mid: mid.to_string(), kind: kind(mid), sends: one.sends }))
        };
        let by_line: BTreeMap<_, _> = self.transceivers.iter().filter_map(section).collect();
        by_line.into_values().collect()
    }

    /// Gives every transceiver a line in an offer. Returns how many there are then.
    fn assign_lines(&mut self) -> u8 {
        let mut lines = self.described_lines();
        for transceiver in &mut self.transceivers {
            if transceiver.mid.is_none_or(|mid| mid >= lines) {
                transceiver.mid = Some(lines);
                lines += 1;
            }
        }
        lines
    }

    /// Takes in the lines of a peer's offer, after a rollback of the own one. Transceivers made by
    /// `addTransceiver()` are not taken for those of an offer (RFC 8829, section 5.10).
    fn take_lines(&mut self, lines: u8) {
        let described = self.described_lines();
        for transceiver in &mut self.transceivers {
            transceiver.mid = transceiver.mid.filter(|mid| *mid < described);
        }
        let new = |mid| Transceiver { mid: Some(mid), sends: None };
        self.transceivers.extend((described..lines).map(new));
    }

    fn set_local(&mut self) -> Description {
        let offer = self.signaling != Signaling::HaveRemoteOffer;
        let current = self.local.current.as_ref().map(|sdp| sdp.ufrag);
        let asked_anew = if offer {
            self.to_replace.is_some()
        } else {
            let before = self.remote.current.as_ref().map(|sdp| sdp.ufrag);
            before != self.remote.pending.as_ref().map(|sdp| sdp.ufrag)
        };
        let ufrag = match current {
            Some(ufrag) if !asked_anew => ufrag,
            _ => {
                self.next_ufrag += 1;
                self.next_ufrag
            }
        };
        let m_lines = if offer {
            self.assign_lines()
        } else {
            self.remote.pending.as_ref().map_or(0, |sdp| sdp.m_lines)
        };
        let kind = if offer { DescriptionKind::Offer } else { DescriptionKind::Answer };
        let sdp = Sdp { kind, instance: self.instance, ufrag, m_lines, routes: BTreeSet::new() };
        if offer {
            self.signaling = Signaling::HaveLocalOffer;
            self.local.pending = Some(sdp.clone());
        } else {
            self.local.pending = Some(sdp.clone());
            self.become_stable();
        }
        sdp.write()
    }

    fn set_remote(&mut self, description: &Description) -> Result<Outcome, JsError> {
        let sdp = Sdp::read(description).ok_or_else(|| error("OperationError", "not a description"))?;
        if self.remote_instance().is_some_and(|known| known != sdp.instance) {
            return Err(error("InvalidAccessError", "another end than before"));
        }
        match sdp.kind {
            DescriptionKind::Offer => {
                self.local.pending = None;
                self.signaling = Signaling::HaveRemoteOffer;
                self.take_lines(sdp.m_lines);
                self.reachable.extend(&sdp.routes);
                self.remote.pending = Some(sdp);
            }
            DescriptionKind::Answer => {
                let offered = self.local.pending.as_ref().map(|sdp| sdp.m_lines);
                if self.signaling != Signaling::HaveLocalOffer {
                    return Err(error("InvalidStateError", "an answer without an offer"));
                }
                if offered != Some(sdp.m_lines) {
                    return Err(error("InvalidAccessError", "the answer does not fit the offer"));
                }
                self.reachable.extend(&sdp.routes);
                self.remote.pending = Some(sdp);
                self.become_stable();
            }
        }
        Ok(Outcome::Received { sections: self.sections() })
    }

    fn become_stable(&mut self) {
        let generation = |half: &Half| half.current.as_ref().map(|sdp| sdp.ufrag);
        let before = (generation(&self.local), generation(&self.remote));
        self.signaling = Signaling::Stable;
        for half in [&mut self.local, &mut self.remote] {
            half.current = half.pending.take();
        }
        if generation(&self.local) != self.to_replace {
            self.to_replace = None;
        }
        if before != (generation(&self.local), generation(&self.remote)) {
            // Another generation begins to look for a path; one that has it keeps it meanwhile.
            self.trouble_since = None;
            if self.state != ConnectionState::Connected {
                self.state = ConnectionState::Connecting;
            }
        }
        self.needed = false;
    }

    fn add_candidate(&mut self, candidate: Option<&Candidate>) -> Result<Outcome, JsError> {
        let halves = [&self.remote.current, &self.remote.pending];
        if halves.iter().all(|half| half.is_none()) {
            return Err(error("InvalidStateError", "a candidate before the description"));
        }
        let Some(candidate) = candidate else { return Ok(Outcome::Done) };
        let numbers: Vec<u64> = candidate.candidate.split(' ').filter_map(|n| n.parse().ok()).collect();
        let [instance, ufrag, address] = numbers[..] else {
            return Err(error("OperationError", "not a candidate"));
        };
        let route = Route { ufrag: ufrag as u32, address: address as u32 };
        let known = |sdp: &Sdp| sdp.instance == instance && sdp.ufrag == route.ufrag;
        if !halves.into_iter().flatten().any(known) {
            return Err(error("OperationError", "a candidate of another generation"));
        }
        self.reachable.insert(route);
        Ok(Outcome::Done)
    }

    fn local_description(&self) -> Result<Description, JsError> {
        let sdp = self.local.pending.as_ref().or(self.local.current.as_ref());
        let mut sdp = sdp.cloned().ok_or_else(|| error("InvalidStateError", "no description"))?;
        sdp.routes = self.gathered.iter().copied().filter(|route| route.ufrag == sdp.ufrag).collect();
        Ok(sdp.write())
    }
}

impl Sdp {
    fn write(&self) -> Description {
        let Self { kind, instance, ufrag, m_lines, routes } = self;
        let mut text = format!("{instance} {ufrag} {m_lines}");
        for route in routes {
            text.push_str(&format!(" {}", route.address));
        }
        Description { kind: *kind, sdp: text, tracks: None }
    }

    /// Reads what `write` wrote.
    pub(crate) fn read(description: &Description) -> Option<Self> {
        let mut numbers = description.sdp.split(' ').map_while(|n| n.parse::<u64>().ok());
        let (instance, ufrag, m_lines) = (numbers.next()?, numbers.next()? as u32, numbers.next()? as u8);
        let routes = numbers.map(|address| Route { ufrag, address: address as u32 }).collect();
        Some(Self { kind: description.kind, instance, ufrag, m_lines, routes })
    }
}

/// Those of a connection that offers.
fn first_transceivers() -> Vec<Transceiver> {
    [TrackSource::Microphone, TrackSource::Camera]
        .map(|source| Transceiver { mid: None, sends: Some(source) })
        .into()
}

fn error(name: &str, message: &str) -> JsError {
    JsError { name: name.to_owned(), message: message.to_owned() }
}
