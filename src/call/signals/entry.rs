//! Entries of the view: messages, and states between them.

use std::sync::Arc;

use super::json::Json;
use crate::protocol::{PeerId, ServerMsg, Signal, decode_server};

/// What the page has recorded, as `src/ui/pages/recorder.js` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Counts up; a gap means that entries were dropped.
    pub number: u64,
    /// Time since navigation. Unit: microsecond.
    pub at_us: u64,
    /// `sent`, or the name of an event.
    pub kind: String,
    /// A message, or the state of what the event was about.
    pub text: String,
    /// Whose it is.
    pub peer: Option<PeerId>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As in [`Recorded`].
    pub number: u64,
    /// As in [`Recorded`].
    pub at_us: u64,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message crossed the socket.
    Message(Message),
    /// Something is in another state.
    State(State),
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the server.
    Sent,
    /// From the server.
    Received,
}

impl Direction {
    /// The name in capsules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
        }
    }
}

/// A signaling message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which way.
    pub direction: Direction,
    /// Size on the wire, in UTF-8.
    pub bytes: usize,
    /// Its `type`; of a signal its `kind`. Foreign text, if `known` is false.
    pub kind: String,
    /// This program knows such messages.
    pub known: bool,
    /// Who it is from, if not from this client or the server.
    pub from: Option<PeerId>,
    /// Whom it is for, if not for this client or the server.
    pub to: Option<PeerId>,
    /// As it crossed the socket.
    pub text: Arc<str>,
}

impl Message {
    /// A message with this text.
    pub fn read(direction: Direction, text: String, bytes: usize) -> Self {
        let json = Json::parse(&text).ok();
        let member = |name| json.as_ref().and_then(|json| json.text_of(name));
        let signal = json.as_ref().and_then(|json| json.get("signal"));
        let kind = match member("type") {
            Some("signal") => signal.and_then(|signal| signal.text_of("kind")).unwrap_or("signal"),
            Some(kind) => kind,
            None => "?",
        };
        let peer = |name| member(name).and_then(|id| id.parse().ok());
        let known = match direction {
            Direction::Sent => REQUESTS.contains(&kind),
            Direction::Received => is_fact(&text),
        };
        Self {
            direction,
            bytes,
            kind: kind.chars().take(MAX_KIND_CHARS).collect(),
            known,
            from: if direction == Direction::Received { peer("from") } else { None },
            to: if direction == Direction::Sent { peer("to") } else { None },
            text: text.into(),
        }
    }

    /// The content; `None` if it is not JSON.
    pub fn json(&self) -> Option<Json> {
        Json::parse(&self.text).ok()
    }

    /// Whom it is from or for.
    pub fn peer(&self) -> Option<PeerId> {
        self.from.or(self.to)
    }
}

/// A longer one is cut.
const MAX_KIND_CHARS: usize = 32;

/// The requests and signals of this version. Not by [`crate::protocol::decode_client`], which is the
/// server's and would make the client a tenth larger; what this client sends is known anyway.
const REQUESTS: [&str; 14] = [
    "hello",
    "join",
    "set_media",
    "lock",
    "raise_hand",
    "react",
    "keep_seat",
    "heartbeat",
    "leave",
    "offer",
    "answer",
    "candidate",
    "end_of_candidates",
    "viewing",
];

fn is_fact(text: &str) -> bool {
    match decode_server(text) {
        Ok(ServerMsg::Signal { signal, .. }) => signal != Signal::Unknown,
        read => read.is_ok(),
    }
}

/// What a state is of. The order is that of a list to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateKind {
    /// The client of the page.
    Client,
    /// Microphone and camera.
    Devices,
    /// The signaling socket.
    Socket,
    /// W3C webrtc, section 4.3.1.
    Signaling,
    /// `negotiationneeded`: W3C webrtc, section 4.7.3.
    Negotiation,
    /// Of a connection: W3C webrtc, section 4.3.2.
    Gathering,
    /// Of a connection: W3C webrtc, section 4.3.4.
    Ice,
    /// Of a transport: W3C webrtc, section 5.5.
    Dtls,
    /// ICE and DTLS together: W3C webrtc, section 4.3.3.
    Connection,
    /// A STUN or TURN server did not give a candidate: W3C webrtc, section 4.8.2.
    CandidateError,
    /// What is received from a camera.
    Picture,
}

impl StateKind {
    /// Each.
    pub const ALL: [Self; 11] = [
        Self::Client,
        Self::Devices,
        Self::Socket,
        Self::Signaling,
        Self::Negotiation,
        Self::Gathering,
        Self::Ice,
        Self::Dtls,
        Self::Connection,
        Self::CandidateError,
        Self::Picture,
    ];

    /// The name in capsules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Devices => "devices",
            Self::Socket => "socket",
            Self::Signaling => "signaling",
            Self::Negotiation => "negotiation",
            Self::Gathering => "gathering",
            Self::Ice => "ice",
            Self::Dtls => "dtls",
            Self::Connection => "connection",
            Self::CandidateError => "candidate_error",
            Self::Picture => "picture",
        }
    }
}

/// A state that something is in from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What.
    pub of: StateKind,
    /// As the specification names it.
    pub value: String,
    /// Whose connection, or whose picture.
    pub peer: Option<PeerId>,
}

impl Entry {
    /// What the page has recorded; `None` for an event that the view does not show.
    pub fn from_recorded(recorded: Recorded) -> Option<Self> {
        let Recorded { number, at_us, kind, text, peer } = recorded;
        let message = |direction, text: String| {
            let bytes = text.len();
            Event::Message(Message::read(direction, text, bytes))
        };
        let state = |of, value: &str| Event::State(State { of, value: value.to_owned(), peer });
        let event = match kind.as_str() {
            "sent" => message(Direction::Sent, text),
            "message" => message(Direction::Received, text),
            "client started" => state(StateKind::Client, "started"),
            "devices asked" => state(StateKind::Devices, "asked"),
            "devices answered" => state(StateKind::Devices, "answered"),
            "connecting" => state(StateKind::Socket, "connecting"),
            "open" => state(StateKind::Socket, "open"),
            "close" => {
                state(StateKind::Socket, &["closed ", text.split(',').next().unwrap_or_default()].concat())
            }
            "negotiationneeded" => state(StateKind::Negotiation, "needed"),
            "signalingstatechange" => state(StateKind::Signaling, member(&text, "signalingState")?),
            "icegatheringstatechange" => state(StateKind::Gathering, member(&text, "iceGatheringState")?),
            "iceconnectionstatechange" => state(StateKind::Ice, member(&text, "iceConnectionState")?),
            // Of the transports of a connection, only that of DTLS is observed.
            "statechange" => state(StateKind::Dtls, member(&text, "state")?),
            "connectionstatechange" => state(StateKind::Connection, member(&text, "connectionState")?),
            "icecandidateerror" => {
                let (error, _) = text.split_once(",signalingState,").unwrap_or((&text, ""));
                state(StateKind::CandidateError, error)
            }
            "loadeddata" => state(StateKind::Picture, "first frame"),
            _ => return None,
        };
        Some(Self { number, at_us, event })
    }

    /// Whose it is, if it belongs to one of the others.
    pub fn peer(&self) -> Option<PeerId> {
        match &self.event {
            Event::Message(message) => message.peer(),
            Event::State(state) => state.peer,
        }
    }

    /// The message, if it is one.
    pub fn message(&self) -> Option<&Message> {
        if let Event::Message(message) = &self.event { Some(message) } else { None }
    }

    /// Whether something has come into this state.
    pub fn is_state(&self, of: StateKind, value: &str) -> bool {
        matches!(&self.event, Event::State(state) if state.of == of && state.value == value)
    }
}

/// The value of a state in what an event had to say: names and values, one after the other.
fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut words = text.split(',').skip_while(|word| *word != name);
    words.next()?;
    words.next()
}
