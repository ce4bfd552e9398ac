//! Why the picture came when it did: the steps from navigation to the first picture, each with its
//! beginning and end.

use super::entry::{Direction, Entry, Event, StateKind};
use crate::protocol::PeerId;

/// What the browser says of the page itself (W3C navigation-timing). Unit: microsecond since navigation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageTimes {
    /// The server's answer began to come.
    pub response_start_us: u64,
    /// It was there.
    pub response_end_us: u64,
}

/// A step on the way to the picture, in the usual order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// From navigation to the page's last byte.
    Page,
    /// From the page's first byte to the start of the client.
    Client,
    /// From the socket's beginning to its opening.
    Socket,
    /// From `join` to `joined`.
    Join,
    /// From asking for devices to the answer.
    Devices,
    /// From the first sign of the other to the offer.
    Offer,
    /// From the offer to the answer.
    Answer,
    /// From the first candidate to the last before the connection.
    Candidates,
    /// From the first check to a path.
    Ice,
    /// From the path to the encrypted connection.
    Dtls,
    /// From the connection to a frame.
    Picture,
}

impl Step {
    /// The name in the timeline of the browser (`performance.mark`), at the end of the step.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Page => "halloo: page received",
            Self::Client => "halloo: client started",
            Self::Socket => "halloo: socket open",
            Self::Join => "halloo: joined",
            Self::Devices => "halloo: devices answered",
            Self::Offer => "halloo: offer",
            Self::Answer => "halloo: answer",
            Self::Candidates => "halloo: candidates",
            Self::Ice => "halloo: ICE connected",
            Self::Dtls => "halloo: DTLS connected",
            Self::Picture => "halloo: first frame",
        }
    }
}

/// A step that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Which.
    pub step: Step,
    /// With whom.
    pub peer: Option<PeerId>,
    /// When it began.
    pub start_us: u64,
    /// When it was done; `None` if it is not.
    pub end_us: Option<u64>,
}

/// The steps that these entries show, in the order of their beginning for each of the others.
pub fn waterfall(page: PageTimes, entries: &[Entry], peers: impl Iterator<Item = PeerId>) -> Vec<Bar> {
    let own = Lookup { entries, peer: None };
    let mut bars = Vec::new();
    let mut bar = |step, peer, start: Option<u64>, end: Option<u64>| {
        // A step whose beginning was not seen took no time.
        let Some(start_us) = start.or(end) else { return };
        bars.push(Bar { step, peer, start_us, end_us: end.map(|end| end.max(start_us)) });
    };
    let started = own.state(StateKind::Client, "started");
    if page.response_end_us > 0 {
        bar(Step::Page, None, Some(0), Some(page.response_end_us));
        bar(Step::Client, None, Some(page.response_start_us), started);
    } else {
        bar(Step::Client, None, None, started);
    }
    bar(Step::Socket, None, own.state(StateKind::Socket, "connecting"), own.state(StateKind::Socket, "open"));
    bar(Step::Join, None, own.message(Direction::Sent, "join"), own.message(Direction::Received, "joined"));
    bar(
        Step::Devices,
        None,
        own.state(StateKind::Devices, "asked"),
        own.state(StateKind::Devices, "answered"),
    );
    for peer in peers {
        let with = Lookup { entries, peer: Some(peer) };
        let [offer, answer] = ["offer", "answer"].map(|kind| with.any_message(kind));
        let ice = with.state(StateKind::Ice, "connected").or_else(|| with.state(StateKind::Ice, "completed"));
        let connected = with.state(StateKind::Connection, "connected");
        bar(Step::Offer, Some(peer), with.introduced(), offer);
        bar(Step::Answer, Some(peer), offer, answer);
        let (first, last) = with.candidates(connected);
        bar(Step::Candidates, Some(peer), first, last);
        bar(Step::Ice, Some(peer), with.state(StateKind::Ice, "checking"), ice);
        let encrypted = with.state(StateKind::Dtls, "connected").or(connected);
        bar(Step::Dtls, Some(peer), ice, encrypted);
        bar(Step::Picture, Some(peer), connected, with.state(StateKind::Picture, "first frame"));
    }
    bars
}

/// Looks for the first entry of a kind.
#[derive(Clone, Copy)]
struct Lookup<'a> {
    entries: &'a [Entry],
    /// Only what is with this one.
    peer: Option<PeerId>,
}

impl Lookup<'_> {
    fn first(self, is_it: impl Fn(&Entry) -> bool) -> Option<u64> {
        let of_peer = |entry: &&Entry| self.peer.is_none() || entry.peer() == self.peer;
        self.entries.iter().filter(of_peer).find(|entry| is_it(entry)).map(|entry| entry.at_us)
    }

    fn state(self, of: StateKind, value: &str) -> Option<u64> {
        self.first(|entry| entry.is_state(of, value))
    }

    fn message(self, direction: Direction, kind: &str) -> Option<u64> {
        self.first(|entry| {
            entry.message().is_some_and(|message| message.direction == direction && message.kind == kind)
        })
    }

    fn any_message(self, kind: &str) -> Option<u64> {
        self.first(|entry| entry.message().is_some_and(|message| message.kind == kind))
    }

    /// When this one was first heard of: in `joined`, in `peer_joined`, or by a message.
    fn introduced(self) -> Option<u64> {
        let id = self.peer?.to_string();
        let names = |entry: &&Entry| match &entry.event {
            Event::Message(message) => {
                message.direction == Direction::Received
                    && (entry.peer() == self.peer || message.text.contains(&id))
            }
            Event::State(_) => entry.peer() == self.peer,
        };
        self.entries.iter().find(names).map(|entry| entry.at_us)
    }

    /// The first candidate of either side, and the last before the connection.
    fn candidates(self, connected: Option<u64>) -> (Option<u64>, Option<u64>) {
        let of_peer = self.entries.iter().filter(|entry| entry.peer() == self.peer);
        let mut candidates = of_peer
            .filter(|entry| entry.message().is_some_and(|message| message.kind == "candidate"))
            .map(|entry| entry.at_us)
            .filter(|at| connected.is_none_or(|connected| *at <= connected));
        (candidates.clone().next(), candidates.next_back())
    }
}
