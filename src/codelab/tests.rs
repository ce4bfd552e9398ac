//! Pages of the tutorial, told as scripts: what the page says, what the hub says, and what comes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod crossing;
mod events;
mod seed;
mod translating;

use super::*;

/// The page's own seat. [`POLITE`] gives way to it when offers cross, [`IMPOLITE`] does not.
const ME: u64 = 50;
const POLITE: u64 = 10;
const IMPOLITE: u64 = 90;

/// A page of the tutorial. Everything that happens becomes lines: `page <- created r`, `hub <- leave`; those
/// of `log` are left out.
struct Page {
    codelab: Codelab,
    now: Millis,
    /// The last lines of `log`.
    logged: Vec<Value>,
}

impl Page {
    fn opened() -> Self {
        let mut page = Self {
            codelab: Codelab::new("me".to_owned(), vec!["192.168.1.5".to_owned()]),
            now: Millis(0),
            logged: Vec::new(),
        };
        assert_eq!(page.drain(), ["hub <- hello"]);
        page
    }

    /// Alone in the room `r`, with a camera.
    fn alone() -> Self {
        let mut page = Self::opened();
        page.enters("r");
        page.joined(&[], false);
        assert_eq!(page.says(&json!("got user media")), [""; 0]);
        page
    }

    /// In a room into which this peer has come later. The page has a camera.
    fn called_by_nobody(peer: u64) -> Self {
        let mut page = Self::alone();
        page.peer_joined(peer, false);
        page
    }

    /// In the room of this peer, as a newcomer. The page has no camera yet.
    fn visiting(peer: u64) -> Self {
        let mut page = Self::opened();
        page.enters("r");
        page.joined(&[peer], false);
        page
    }

    fn does(&mut self, input: Input) -> Vec<String> {
        self.codelab.handle_input(self.now, input);
        self.drain()
    }

    fn drain(&mut self) -> Vec<String> {
        self.logged.clear();
        let mut lines = Vec::new();
        while let Some(effect) = self.codelab.poll_effect() {
            match effect {
                Effect::Emit("log", line) => self.logged.extend(line),
                Effect::Emit(event, arguments) => {
                    let arguments: Vec<String> = arguments.iter().map(brief).collect();
                    lines.push(format!("page <- {event} {}", arguments.join(" ")).trim_end().to_owned());
                }
                Effect::Send(msg) => lines.push(format!("hub <- {}", sent(&msg))),
            }
        }
        lines
    }

    fn enters(&mut self, room: &str) -> Vec<String> {
        self.does(Input::CreateOrJoin(json!(room)))
    }

    fn says(&mut self, message: &Value) -> Vec<String> {
        self.does(Input::Message(message.clone()))
    }

    fn hears(&mut self, msg: Value, is_pair: bool) -> Vec<String> {
        let msg = serde_json::from_value(msg).unwrap();
        self.does(Input::Hub { msg, is_pair })
    }

    fn joined(&mut self, peers: &[u64], is_pair: bool) -> Vec<String> {
        let peers: Vec<Value> = peers.iter().map(|peer| json!({ "id": id(*peer) })).collect();
        let joined = json!({"type": "joined", "room": "r", "you": id(ME), "peers": peers,
                            "resume_token": "t", "capacity": 2});
        self.hears(joined, is_pair)
    }

    fn peer_joined(&mut self, peer: u64, is_pair: bool) -> Vec<String> {
        self.hears(json!({"type": "peer_joined", "peer": {"id": id(peer)}}), is_pair)
    }

    fn peer_left(&mut self, peer: u64) -> Vec<String> {
        self.hears(json!({"type": "peer_left", "peer": id(peer), "reason": "left"}), false)
    }

    fn signal(&mut self, from: u64, signal: Value) -> Vec<String> {
        self.hears(json!({"type": "signal", "from": id(from), "signal": signal}), false)
    }

    fn is_offered(&mut self, from: u64, sdp: &str, epoch: u32) -> Vec<String> {
        self.signal(from, json!({"kind": "offer", "sdp": sdp, "tracks": {"0": "camera"}, "epoch": epoch}))
    }

    fn time_passes(&mut self, ms: u64) -> Vec<String> {
        let until = self.now + ms;
        let mut lines = Vec::new();
        while let Some(next) = self.codelab.poll_timeout().filter(|next| *next <= until) {
            self.now = next;
            lines.extend(self.does(Input::Tick));
        }
        self.now = until;
        lines
    }
}

fn id(peer: u64) -> String {
    PeerId::new(peer).to_string()
}

fn offer(sdp: &str) -> Value {
    json!({"type": "offer", "sdp": sdp})
}

fn answer(sdp: &str) -> Value {
    json!({"type": "answer", "sdp": sdp})
}

fn address(n: u32) -> Value {
    json!({"type": "candidate", "label": 0, "id": "0", "candidate": format!("candidate:{n}")})
}

/// A message of the tutorial in a few words.
fn brief(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    match (value.as_str(), text("type")) {
        (Some(text), _) => text.to_owned(),
        (None, "offer" | "answer") => format!("{} {}", text("type"), text("sdp")),
        (None, "candidate") => text("candidate").to_owned(),
        (None, _) => value.to_string(),
    }
}

fn sent(msg: &RawClientMsg) -> String {
    match msg {
        ClientMsg::Hello { .. } => "hello".to_owned(),
        ClientMsg::Join { room, .. } => format!("join {}", room.as_str()),
        ClientMsg::SetMedia { media } => format!("set_media {}/{}", media.microphone, media.camera),
        ClientMsg::Leave => "leave".to_owned(),
        ClientMsg::Heartbeat => "heartbeat".to_owned(),
        ClientMsg::Signal { signal, .. } => {
            match serde_json::from_str::<Signal>(signal.get()).expect("a signal") {
                Signal::Offer { sdp, epoch, .. } => format!("offer {sdp} of {epoch}"),
                Signal::Answer { sdp, epoch, .. } => format!("answer {sdp} of {epoch}"),
                Signal::Candidate { candidate, epoch } => format!("{} of {epoch}", candidate.candidate),
                Signal::EndOfCandidates { epoch } => format!("end of {epoch}"),
                Signal::Viewing(_) => "viewing".to_owned(),
                Signal::Unknown => signal.get().to_owned(),
            }
        }
        other @ (ClientMsg::Lock { .. }
        | ClientMsg::RaiseHand { .. }
        | ClientMsg::React { .. }
        | ClientMsg::KeepSeat { .. }) => panic!("{other:?}"),
    }
}
