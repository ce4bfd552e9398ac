//! The core of the codelab mode: one page of the tutorial, as a client of halloo's rooms. Pure.
//!
//! The tutorial (`docs/CODELAB.md`) has a page with two videos that speaks a handful of Socket.IO events.
//! `server::signaling::codelab` owns one [`Codelab`] for each such page, feeds it the events of the page and
//! the messages of the hub, and executes its effects. To the hub it is a client that knows calls of two only,
//! so whoever else is in the room can be on halloo's page: `negotiation` translates between the two. Between
//! two pages of the tutorial messages pass as they are.
//!
//! The page is old and cannot be changed; what comes from it may be anything.

mod held;
mod messages;
mod negotiation;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde_json::{Value, json, value::to_raw_value};

use self::{
    held::Held,
    messages::{BYE, GOT_USER_MEDIA, PageMessage, sent_media},
    negotiation::{Negotiation, Said},
};
use crate::{
    protocol::{
        ClientMsg, ErrorCode, MediaState, PeerId, PeerInfo, RawClientMsg, RoomName, ServerMsg, Signal,
        VERSION,
    },
    sansio::{Core, Millis},
};

/// The kind of signals between two pages of the tutorial: `{"kind": "codelab", "message": ...}`. Clients of
/// halloo ignore it.
const KIND: &str = "codelab";
/// What people on halloo's page read under the picture.
const NAME: &str = "Codelab";

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// The page wants to enter a room. The name may be anything.
    CreateOrJoin(Value),
    /// The page says something to the other page.
    Message(Value),
    /// The page asks for the addresses of this server.
    IpAddr,
    /// The page hangs up.
    Bye,
    /// A message of the hub.
    Hub {
        /// The message.
        msg: ServerMsg<Value>,
        /// The other person in the room is on a page of the tutorial, too.
        is_pair: bool,
    },
    /// [`Core::poll_timeout`] has passed.
    Tick,
}

/// What the shell has to do.
#[derive(Debug)]
pub enum Effect {
    /// Send an event to the page.
    Emit(&'static str, Vec<Value>),
    /// Give a message to the hub.
    Send(RawClientMsg),
}

/// One page of the tutorial.
#[derive(Debug)]
pub struct Codelab {
    /// The page's name for itself.
    socket_id: String,
    /// Of this server, as far as the page may know them.
    addresses: Vec<String>,
    place: Place,
    /// The page has said that it has its camera.
    has_media: bool,
    sent_media: MediaState,
    other: Option<Other>,
    /// What the page has said while it waits to enter: it does not wait for the answer.
    early: Held,
    effects: VecDeque<Effect>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Outside,
    /// The page has asked to enter the room of this name.
    Asking(Name),
    Inside(Name, PeerId),
}

/// The name of a room as the page writes it, and as the hub does.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    written: String,
    room: RoomName,
}

/// The other person in the room.
#[derive(Debug)]
struct Other {
    peer: PeerId,
    way: Way,
}

/// How messages reach them.
#[derive(Debug)]
enum Way {
    /// As they are, to another page of the tutorial. Those that come wait for this page's camera.
    Plain { held: Held },
    /// Translated, to a client of halloo.
    Translated(Box<Negotiation>),
}

impl Codelab {
    /// Greets the hub: an effect waits already.
    pub fn new(socket_id: String, addresses: Vec<String>) -> Self {
        let hello = ClientMsg::Hello { version: VERSION, features: Vec::new() };
        Self {
            socket_id,
            addresses,
            place: Place::Outside,
            has_media: false,
            sent_media: MediaState::default(),
            other: None,
            early: Held::default(),
            effects: [Effect::Send(hello)].into(),
        }
    }
}

impl Core for Codelab {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::CreateOrJoin(room) => self.create_or_join(&room),
            Input::Message(message) => self.on_page_message(now, message),
            Input::IpAddr => {
                for address in self.addresses.clone() {
                    self.emit("ipaddr", [json!(address)]);
                }
            }
            Input::Bye => {
                self.log(["received bye".into()]);
                self.leave();
            }
            Input::Hub { msg, is_pair } => self.on_hub_message(now, msg, is_pair),
            Input::Tick => self.translate(|negotiation| negotiation.on_tick(now)),
        }
    }

    fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        match self.other.as_ref().map(|other| &other.way) {
            Some(Way::Translated(negotiation)) => negotiation.poll_timeout(),
            Some(Way::Plain { .. }) | None => None,
        }
    }
}

impl Codelab {
    fn create_or_join(&mut self, written: &Value) {
        if self.place != Place::Outside {
            return self.log(["This page is in a room already; leave it with bye first".into()]);
        }
        let room = written.as_str().and_then(|name| Some((name.to_owned(), name.parse::<RoomName>().ok()?)));
        let Some((written, room)) = room else {
            return self
                .log(["The name of a room is a text of 1 to 64 letters a-z, digits and hyphens".into()]);
        };
        self.log([format!("Received request to create or join room {written}").into()]);
        self.place = Place::Asking(Name { written, room: room.clone() });
        let (name, media) = (NAME.parse().ok(), self.sent_media);
        self.send(ClientMsg::Join { room, name, resume: None, media, visit: None });
    }

    fn leave(&mut self) {
        if std::mem::replace(&mut self.place, Place::Outside) != Place::Outside {
            self.other = None;
            self.early = Held::default();
            self.sent_media = MediaState::default();
            self.send(ClientMsg::Leave);
        }
    }

    fn on_page_message(&mut self, now: Millis, message: Value) {
        self.log(["Client said: ".into(), message.clone()]);
        let read = PageMessage::read(&message);
        if read == PageMessage::GotUserMedia {
            self.has_media = true;
        }
        if read == PageMessage::Bye {
            return self.leave();
        }
        if matches!(self.place, Place::Asking(_)) {
            return self.early.push(message);
        }
        self.pass_on(now, message, read);
    }

    /// Hands a message to the other person, if there is one.
    fn pass_on(&mut self, now: Millis, message: Value, read: PageMessage) {
        let Some(Other { peer, way }) = &mut self.other else { return };
        if let Way::Plain { held } = way {
            let (to, held) = (*peer, if self.has_media { held.take() } else { Vec::new() });
            for message in held {
                self.emit("message", [message]);
            }
            return self.signal(to, &json!({ "kind": KIND, "message": message }));
        }
        match read {
            PageMessage::GotUserMedia => self.translate(Negotiation::on_page_media),
            PageMessage::Offer(sdp) => {
                self.set_media(&sdp);
                self.translate(|negotiation| negotiation.on_page_offer(now, sdp));
            }
            PageMessage::Answer(sdp) => {
                self.set_media(&sdp);
                self.translate(|negotiation| negotiation.on_page_answer(sdp));
            }
            PageMessage::Candidate(candidate) => {
                self.translate(|negotiation| negotiation.on_page_candidate(candidate));
            }
            PageMessage::Bye | PageMessage::Other => {}
        }
    }

    /// Tells the others what the page sends. It does not say so itself, but for its descriptions.
    fn set_media(&mut self, sdp: &str) {
        let media = sent_media(sdp);
        if std::mem::replace(&mut self.sent_media, media) != media {
            self.send(ClientMsg::SetMedia { media });
        }
    }

    fn on_hub_message(&mut self, now: Millis, msg: ServerMsg<Value>, is_pair: bool) {
        match msg {
            ServerMsg::Joined { room, you, peers, .. } => self.on_joined(now, &room, you, &peers, is_pair),
            ServerMsg::Full { room, .. } => self.on_full(&room),
            ServerMsg::PeerJoined { peer, .. } => self.on_peer_joined(&peer, is_pair),
            ServerMsg::PeerLeft { peer, .. } => {
                if self.is_other(peer) {
                    self.part();
                }
            }
            ServerMsg::PeerBack { peer } => {
                if self.is_other(peer) {
                    self.translate(|negotiation| negotiation.on_peer_back(now));
                }
            }
            ServerMsg::Signal { from, signal } => {
                if self.is_other(from) {
                    self.on_signal(now, signal);
                }
            }
            ServerMsg::Heartbeat => self.send(ClientMsg::Heartbeat),
            ServerMsg::ServerRestarting { .. } => {
                self.log(["The server is restarted: load the page again".into()]);
            }
            ServerMsg::Error { code, message } => self.on_error(code, message),
            ServerMsg::Welcome { .. }
            | ServerMsg::PeerReconnecting { .. }
            | ServerMsg::MediaChanged { .. }
            | ServerMsg::Locked { .. }
            | ServerMsg::HandRaised { .. }
            | ServerMsg::Reaction { .. }
            | ServerMsg::IceServers { .. } => {}
        }
    }

    fn on_joined(&mut self, now: Millis, room: &RoomName, you: PeerId, peers: &[PeerInfo], is_pair: bool) {
        // Whoever has hung up meanwhile has left the room again.
        let Some(name) = self.name().filter(|name| name.room == *room).cloned() else { return };
        let written = name.written.clone();
        let id = self.socket_id.clone();
        self.place = Place::Inside(name, you);
        self.log([format!("Room {written} now has {} client(s)", peers.len()).into()]);
        match peers.first() {
            None => {
                self.log([format!("Client ID {id} created room {written}").into()]);
                self.emit("created", [json!(written), json!(id)]);
            }
            Some(peer) => {
                self.log([format!("Client ID {id} joined room {written}").into()]);
                self.emit("joined", [json!(written), json!(id)]);
                self.emit("ready", []);
                self.meet(you, peer.id, is_pair, false);
            }
        }
        for message in self.early.take() {
            let read = PageMessage::read(&message);
            self.pass_on(now, message, read);
        }
    }

    fn on_full(&mut self, room: &RoomName) {
        let Some(name) = self.name().filter(|name| name.room == *room).cloned() else { return };
        self.place = Place::Outside;
        self.early = Held::default();
        if self.other.take().is_some() {
            self.emit("message", [json!(BYE)]);
        }
        self.log([format!("Room {} is full", name.written).into()]);
        self.emit("full", [json!(name.written)]);
    }

    fn on_peer_joined(&mut self, peer: &PeerInfo, is_pair: bool) {
        let Place::Inside(Name { written, .. }, you) = self.place.clone() else { return };
        // A page of halloo that was loaded anew.
        self.part();
        self.emit("join", [json!(written)]);
        self.emit("ready", []);
        self.meet(you, peer.id, is_pair, true);
        if !is_pair {
            // It can be called at once, and does not say so.
            self.emit("message", [json!(GOT_USER_MEDIA)]);
        }
    }

    fn meet(&mut self, you: PeerId, peer: PeerId, is_pair: bool, was_first: bool) {
        let way = match is_pair {
            true => Way::Plain { held: Held::default() },
            false => {
                let peer_is_polite = peer.is_polite_towards(you);
                Way::Translated(Box::new(Negotiation::new(peer_is_polite, was_first)))
            }
        };
        self.other = Some(Other { peer, way });
    }

    /// The other person has left. The page, which would never offer again, is told that it has created the
    /// room: so it offers to whoever comes next.
    fn part(&mut self) {
        let Place::Inside(Name { written, .. }, _) = &self.place else { return };
        if self.other.take().is_none() {
            return;
        }
        let (written, id) = (json!(written), json!(self.socket_id));
        self.emit("message", [json!(BYE)]);
        self.emit("created", [written, id]);
    }

    fn on_signal(&mut self, now: Millis, mut signal: Value) {
        let Some(Other { way, .. }) = &mut self.other else { return };
        match way {
            Way::Plain { held } => {
                if signal.get("kind").and_then(Value::as_str) != Some(KIND) {
                    return;
                }
                let message = signal.get_mut("message").map(Value::take).unwrap_or_default();
                let is_offer = matches!(PageMessage::read(&message), PageMessage::Offer(_));
                if self.has_media || held.is_empty() && !is_offer {
                    self.emit("message", [message]);
                } else {
                    held.push(message);
                }
            }
            Way::Translated(_) => {
                let Ok(signal) = serde_json::from_value::<Signal>(signal) else { return };
                let has_media = self.has_media;
                self.translate(|negotiation| negotiation.on_signal(now, signal, has_media));
            }
        }
    }

    fn on_error(&mut self, code: ErrorCode, message: String) {
        match code {
            // The signal of somebody whose peer has just gone.
            ErrorCode::NoSuchPeer | ErrorCode::NotJoined => {}
            ErrorCode::BadMessage
            | ErrorCode::UnknownType
            | ErrorCode::BadRoom
            | ErrorCode::BadName
            | ErrorCode::HelloFirst
            | ErrorCode::UnsupportedVersion
            | ErrorCode::AlreadyJoined
            | ErrorCode::RateLimited
            | ErrorCode::RoomLocked
            | ErrorCode::Unknown => {
                if matches!(self.place, Place::Asking(_)) {
                    self.place = Place::Outside;
                    self.early = Held::default();
                }
                self.log([message.into()]);
            }
        }
    }

    /// Does something with the negotiation, if there is one, and says what comes of it.
    fn translate(&mut self, act: impl FnOnce(&mut Negotiation)) {
        let Some(Other { peer, way: Way::Translated(negotiation) }) = &mut self.other else { return };
        let to = *peer;
        act(negotiation);
        let said: Vec<Said> = std::iter::from_fn(|| negotiation.poll_said()).collect();
        for said in said {
            match said {
                Said::ToPage(message) => self.emit("message", [message]),
                Said::ToPeer(signal) => self.signal(to, &signal),
            }
        }
    }

    fn is_other(&self, peer: PeerId) -> bool {
        self.other.as_ref().is_some_and(|other| other.peer == peer)
    }

    fn name(&self) -> Option<&Name> {
        match &self.place {
            Place::Outside => None,
            Place::Asking(name) | Place::Inside(name, _) => Some(name),
        }
    }

    /// Says what the server does, as the tutorial's does.
    fn log<const N: usize>(&mut self, words: [Value; N]) {
        let line = [json!("Message from server:")].into_iter().chain(words).collect();
        self.effects.push_back(Effect::Emit("log", vec![Value::Array(line)]));
    }

    fn emit<const N: usize>(&mut self, event: &'static str, arguments: [Value; N]) {
        self.effects.push_back(Effect::Emit(event, arguments.into()));
    }

    fn signal(&mut self, to: PeerId, signal: &impl serde::Serialize) {
        // Cannot fail: all keys are texts.
        if let Ok(signal) = to_raw_value(signal) {
            self.send(ClientMsg::Signal { to, signal });
        }
    }

    fn send(&mut self, msg: RawClientMsg) {
        self.effects.push_back(Effect::Send(msg));
    }
}
