//! One script: what happens, and what must hold after each step.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
};

use halloo::{
    sansio::Millis,
    turn::{Client, Frames, HEADROOM, Now, Policy, Reaction, Secret, Server, Transport, TurnConfig},
};

use crate::wire::{self, Login};

const SECRET: &str = "secret";
const START: u64 = 1_795_000_000;
const MAX_PER_USER: usize = 2;
const MAX_ALLOCATIONS: usize = 4;
/// The longest answer to somebody without a login, beyond what the question was.
const MOST_FOR_STRANGERS: usize = 44;
/// Two that may be reached, one of them a client's relay perhaps; then some that may not.
const PEERS: [&str; 7] = [
    "198.51.101.7:9",
    "8.8.8.8:53",
    "203.0.113.1:50000",
    "127.0.0.1:22",
    "10.0.0.1:80",
    "[2606:4700::1]:9",
    "[::1]:9",
];
const FORBIDDEN: [&str; 3] = ["127.0.0.1", "10.0.0.1", "::1"];
const PAUSES: [u64; 6] = [1, 59, 240, 300, 601, 3_601];

struct World {
    server: Server<u32>,
    now: Now,
    /// Whoever has shown a good login.
    known: HashSet<Client>,
    /// The peers that each has named, in signed requests.
    named: HashMap<Client, HashSet<IpAddr>>,
    streams: HashMap<Client, Frames>,
    ports: u16,
}

/// Reads a script; at its end all is zero.
struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.number() % 1_600).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.byte()) % list.len()]
    }
}

pub(crate) fn play(script: &[u8]) {
    let mut world = World::new();
    let mut script = Script(script);
    // So long that everything can happen, so short that it happens often.
    for _ in 0..64 {
        if script.0.is_empty() {
            break;
        }
        world.step(&mut script);
        world.check();
    }
    world.everything_ends();
}

impl World {
    fn new() -> Self {
        let config = TurnConfig {
            relay_addresses: vec!["203.0.113.1".parse().unwrap(), "2001:4860::1".parse().unwrap()],
            policy: Policy::default(),
            max_per_user: MAX_PER_USER,
            max_allocations: MAX_ALLOCATIONS,
        };
        Self {
            server: Server::new(config, Secret::new(SECRET)),
            now: Now { steady: Millis(0), unix: START },
            known: HashSet::new(),
            named: HashMap::new(),
            streams: HashMap::new(),
            ports: 50_000,
        }
    }

    fn step(&mut self, script: &mut Script<'_>) {
        let what = script.byte();
        let client = client(script.byte());
        match what % 9 {
            0 => {
                let bytes = script.bytes();
                self.send(client, bytes, script);
            }
            1 => {
                let kind = script.number() & 0x3FFF;
                let attributes = script.bytes().to_vec();
                self.ask(client, kind, &attributes, script);
            }
            2 => {
                let (kind, attributes) = request(script);
                self.ask(client, kind, &attributes, script);
            }
            3 => {
                let peer = wire::peer(script.of(&PEERS).parse().unwrap());
                let data = wire::attribute(wire::DATA, script.bytes());
                self.send(client, &wire::message(wire::SEND, &[peer, data].concat()), script);
            }
            4 => {
                let header = [script.number() & 0x7FFF | 0x4000, script.number() % 1_600];
                let header = header.map(u16::to_be_bytes).concat();
                let frame = [&header[..], script.bytes()].concat();
                self.send(client, &frame, script);
            }
            5 => {
                let peer = script.of(&PEERS).parse().unwrap();
                self.hear(client, peer, usize::from(script.number() % 1_600));
            }
            6 => {
                let seconds = script.of(&PAUSES);
                self.now = Now { steady: self.now.steady + seconds * 1_000, unix: self.now.unix + seconds };
                self.server.handle_timeout(self.now.steady);
            }
            7 => {
                self.server.client_gone(client);
                self.streams.remove(&client);
            }
            _ => self.stream(client, script),
        }
        while self.server.poll_ended().is_some() {}
    }

    /// Pieces of a stream, and the frames that come of them.
    fn stream(&mut self, client: Client, script: &mut Script<'_>) {
        let mut frames = self.streams.remove(&client).unwrap_or_default();
        frames.push(script.bytes());
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds < 2_000, "frames without end");
            match frames.pop() {
                Ok(Some(frame)) => {
                    let frame = frame.to_vec();
                    self.send(client, &frame, script);
                }
                Ok(None) => break,
                // The connection is ended for it.
                Err(_) => return self.server.client_gone(client),
            }
        }
        self.streams.insert(client, frames);
    }

    /// A request with a login, of which not all are good.
    fn ask(&mut self, client: Client, kind: u16, attributes: &[u8], script: &mut Script<'_>) {
        let good = |id: &str| (Login::new(SECRET, id, START + 7_200), START + 7_200);
        let (login, end) = match script.byte() % 6 {
            0 | 1 => good("ada"),
            2 | 3 => good("bob"),
            4 => (Login::new("another secret", "eve", START + 7_200), 0),
            _ => (Login::new(SECRET, "eve", START + 60), START + 60),
        };
        // What has been given is kept with the login that it was made with.
        let is_good = self.now.unix < end || (end > 0 && self.server.has_allocation(client));
        let question = wire::message(wire::ALLOCATE, &[]);
        let nonce = match self.server.from_client(self.now, client, &question) {
            Reaction::Reply(answer) => {
                is_short(&answer, &question);
                wire::nonce(&answer)
            }
            other => panic!("a stranger is asked for a login, not {other:?}"),
        };
        let bytes = wire::signed(kind, attributes, &login, &nonce);
        if is_good {
            self.known.insert(client);
            self.named.entry(client).or_default().extend(wire::peers(&bytes));
        }
        self.react(client, &bytes, is_good, script);
    }

    /// What nobody has signed.
    fn send(&mut self, client: Client, bytes: &[u8], script: &mut Script<'_>) {
        self.react(client, bytes, false, script);
    }

    fn react(&mut self, client: Client, bytes: &[u8], is_signed: bool, script: &mut Script<'_>) {
        match self.server.from_client(self.now, client, bytes) {
            Reaction::Nothing => {}
            Reaction::Reply(answer) => {
                is_message(&answer);
                if !is_signed {
                    is_short(&answer, bytes);
                }
            }
            Reaction::Relay { peer, data, .. } => {
                assert!(data.end <= bytes.len(), "data that did not come");
                assert!(!FORBIDDEN.contains(&&*peer.ip().to_string()), "{peer} is forbidden");
                assert_ne!(peer.ip().to_string(), "203.0.113.1", "the machine itself");
                self.is_named(client, peer.ip());
            }
            Reaction::Deliver { client: other, frame } => {
                assert!(self.server.has_allocation(other) && self.server.has_allocation(client));
                assert!(frame.len() <= bytes.len() + HEADROOM + 3, "{}", frame.len());
                self.is_named(client, "203.0.113.1".parse().unwrap());
            }
            Reaction::Allocate(families) => {
                assert!(is_signed, "nobody has logged in");
                let fails = script.byte();
                self.ports = self.ports.checked_add(2).unwrap_or(50_000);
                let port = self.ports;
                let open = |wanted: bool, port: u16, bit: u8| {
                    (wanted && fails & bit == 0).then_some((port, u32::from(port)))
                };
                let (v4, v6) = (open(families.v4, port, 64), open(families.v6, port + 1, 128));
                let answer = self.server.allocated(self.now, client, v4, v6).expect("an answer");
                is_message(&answer);
                assert_eq!(self.server.allocated(self.now, client, v4, v6), None, "once only");
            }
        }
    }

    fn hear(&mut self, client: Client, peer: SocketAddr, length: usize) {
        let mut buffer = vec![0; HEADROOM + length + 3];
        let frame = self.server.from_peer(self.now.steady, client, peer, &mut buffer, length);
        if let Some(frame) = frame {
            assert!(frame.end <= buffer.len() && frame.len() > length, "{frame:?}");
            self.is_named(client, peer.ip());
        }
    }

    fn is_named(&self, client: Client, peer: IpAddr) {
        let is_named = self.named.get(&client).is_some_and(|named| named.contains(&peer));
        assert!(is_named, "{peer} was not named by this client");
    }

    fn check(&self) {
        assert!(self.server.allocation_count() <= MAX_ALLOCATIONS);
        for number in 0..CLIENTS {
            let client = client(number);
            assert!(
                !self.server.has_allocation(client) || self.known.contains(&client),
                "{client:?} is a stranger"
            );
        }
        // Two users, and one whose login has run out.
        assert!(self.server.allocation_count() <= 3 * MAX_PER_USER);
    }

    fn everything_ends(&mut self) {
        let later = self.now.steady + 2 * 3_600_000;
        self.server.handle_timeout(later);
        assert_eq!(self.server.allocation_count(), 0, "an allocation without end");
        assert_eq!(self.server.poll_timeout(), None);
        // Nothing counts against anybody any more.
        self.now = Now { steady: later, unix: START };
        for number in 0..MAX_PER_USER as u8 {
            self.ask(client(number), wire::ALLOCATE, &transport(), &mut Script(&[0]));
        }
        assert_eq!(self.server.allocation_count(), MAX_PER_USER, "a place is lost");
    }
}

const CLIENTS: u8 = 6;

fn client(number: u8) -> Client {
    let number = number % CLIENTS;
    let remote = match number {
        4 | 5 => format!("[2001:470::{number}]:4000"),
        _ => format!("198.51.100.{number}:4000"),
    };
    let transport = if number.is_multiple_of(2) { Transport::Udp } else { Transport::Tcp };
    Client { transport, remote: remote.parse().unwrap(), local: "203.0.113.1:3478".parse().unwrap() }
}

fn transport() -> Vec<u8> {
    wire::attribute(wire::REQUESTED_TRANSPORT, &[17, 0, 0, 0])
}

/// A request as a client would make it.
fn request(script: &mut Script<'_>) -> (u16, Vec<u8>) {
    let mut peer = || wire::peer(script.of(&PEERS).parse().unwrap());
    let (first, second) = (peer(), peer());
    let lifetime =
        |script: &mut Script<'_>| wire::attribute(wire::LIFETIME, &u32::from(script.number()).to_be_bytes());
    match script.byte() % 4 {
        0 => (wire::ALLOCATE, [transport(), lifetime(script)].concat()),
        1 => (wire::REFRESH, lifetime(script)),
        2 => (wire::CREATE_PERMISSION, [first, second].concat()),
        _ => {
            let number = [(0x4000 | script.number() & 3).to_be_bytes(), [0, 0]].concat();
            (wire::CHANNEL_BIND, [wire::attribute(wire::CHANNEL_NUMBER, &number), first].concat())
        }
    }
}

/// Nobody can make the server send much to an address that is not theirs.
fn is_short(answer: &[u8], question: &[u8]) {
    let most = question.len() + MOST_FOR_STRANGERS;
    assert!(answer.len() <= most, "{} bytes for {}", answer.len(), question.len());
}

fn is_message(bytes: &[u8]) {
    assert!(bytes.len() >= 20 && bytes.len().is_multiple_of(4));
    assert_eq!(usize::from(u16::from_be_bytes([bytes[2], bytes[3]])), bytes.len() - 20);
}
