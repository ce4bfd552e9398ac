//! A script of bytes: what six clients, their peers and time do. Every byte string is a valid script, so that
//! each mutation by libFuzzer is one too.
//!
//! The first byte configures the server. Each step is one byte and its arguments; missing arguments are zero.
//! Clients know the secret of logins, so that they can authenticate.

use std::net::{IpAddr, SocketAddr};

use halloo::turn::{ClientSocket, Transport};

use crate::{
    frames::Stream,
    logins,
    model::{Model, Opened, Setting},
    reach::{RELAY_V4, RELAY_V6},
    stun::{self, Id},
};

/// Bounds the time of one script.
const MAX_STEPS: usize = 200;
/// Bounds the time of one request.
const MAX_PEERS: u8 = 80;

/// Steps.
pub mod step {
    pub const RAW: u8 = 0;
    pub const ASK: u8 = 1;
    pub const SEND: u8 = 2;
    pub const CHANNEL_DATA: u8 = 3;
    pub const PEER_SENDS: u8 = 4;
    pub const TIME: u8 = 5;
    pub const GONE: u8 = 6;
    pub const STREAM: u8 = 7;
    pub const OPEN: u8 = 8;
    pub const REPLAY: u8 = 9;
    pub const CLOCK: u8 = 10;
    pub const COUNT: u8 = 11;
}

/// Attributes of a request.
pub mod attribute {
    pub const TRANSPORT: u8 = 0;
    pub const OTHER_TRANSPORT: u8 = 1;
    pub const FAMILY: u8 = 2;
    pub const ADDITIONAL_FAMILY: u8 = 3;
    pub const LIFETIME: u8 = 4;
    pub const PEER: u8 = 5;
    pub const CHANNEL: u8 = 6;
    pub const ANY_CHANNEL: u8 = 7;
    pub const DATA: u8 = 8;
    pub const RAW: u8 = 9;
    pub const MANY_PEERS: u8 = 10;
    pub const COUNT: u8 = 11;
}

/// Faults of a login.
pub mod fault {
    pub const NONE: u8 = 0;
    pub const OLD_NONCE: u8 = 1;
    pub const NONCE_OF_ANOTHER: u8 = 2;
    pub const PASSWORD: u8 = 3;
    pub const REALM: u8 = 4;
    pub const UNSIGNED: u8 = 5;
    pub const DAMAGED: u8 = 6;
    pub const NO_NONCE: u8 = 7;
}

/// Returns the clients.
pub fn clients() -> [ClientSocket; 6] {
    use Transport::{Tcp, Udp};
    let client = |transport, remote: &str| ClientSocket {
        transport,
        remote: remote.parse().expect("an address"),
        local: "5.6.7.8:3478".parse().expect("an address"),
    };
    [
        client(Udp, "198.51.100.7:4000"),
        client(Udp, "198.51.100.7:4001"),
        client(Udp, "[2001:db8::7]:4000"),
        client(Tcp, "198.51.100.8:4000"),
        client(Tcp, "[2001:db8::8]:4001"),
        client(Udp, "198.51.100.9:4000"),
    ]
}

/// Plays a script to its end, then ends all clients.
pub fn play(script: &[u8]) {
    let mut script = Script(script);
    let setup = script.byte();
    let setting = Setting {
        private: setup & 1 != 0,
        has_v6: setup & 2 == 0,
        max_per_user: usize::from(setup >> 2 & 3) + 1,
        max_allocations: usize::from(setup >> 4 & 3) + 2,
        // A clock that has not been set, or one that has.
        unix: if setup & 0x40 == 0 { 1_795_000_000 } else { 90 },
    };
    let mut play = Play {
        model: Model::new(setting),
        start: setting.unix,
        streams: Default::default(),
        clients: clients(),
        ids: 0,
        last: Vec::new(),
    };
    for _ in 0..MAX_STEPS {
        if script.0.is_empty() {
            break;
        }
        play.step(&mut script);
    }
    play.model.end_of_all(&play.clients);
}

struct Play {
    model: Model,
    /// Seconds since 1970.
    start: u64,
    streams: [Stream; 6],
    clients: [ClientSocket; 6],
    ids: u64,
    /// The last packet from a client.
    last: Vec<u8>,
}

impl Play {
    fn step(&mut self, script: &mut Script<'_>) {
        let what = script.byte() % step::COUNT;
        if what == step::TIME {
            let (unit, count) = (script.byte(), u64::from(script.byte()));
            let seconds = count * [1, 10, 60, 100][usize::from(unit & 3)];
            return self.model.passes(seconds, unit & 4 == 0);
        }
        if what == step::CLOCK {
            // The wall clock is set.
            let minutes = i64::from(i16::from_be_bytes([script.byte(), script.byte()]));
            self.model.unix = self.model.unix.saturating_add_signed(minutes * 60);
            return;
        }
        let how = script.byte();
        let who = usize::from(how & 7) % self.clients.len();
        let client = self.clients[who];
        match what {
            step::RAW => {
                let bytes = script.bytes();
                self.send(who, how, bytes.to_vec());
            }
            step::ASK => {
                let packet = self.request(client, script);
                self.send(who, how, packet);
                if how & 0x20 == 0 {
                    self.model.open(client, Opened { v4: how & 0x40 == 0, v6: how & 0x80 == 0 });
                }
            }
            step::SEND => {
                let (peer, data) = (self.peer(script), script.byte());
                let id = self.id(false);
                let data = vec![data; usize::from(data)];
                let attributes = [(stun::PEER, stun::value_of(peer, &id)), (stun::DATA, data)];
                self.send(who, how, stun::write(stun::INDICATION, stun::SEND, &id, &attributes));
            }
            step::CHANNEL_DATA => {
                let (number, told, there) = (script.byte(), script.byte(), script.byte());
                let mut packet = vec![0x40, number, 0, told];
                packet.resize(4 + usize::from(if there == 0 { told } else { there }), number);
                self.send(who, how, packet);
            }
            step::PEER_SENDS => {
                let (peer, length) = (self.peer(script), script.byte());
                let length = usize::from(length) * if length > 250 { 257 } else { 1 };
                self.model.peer_sends(client, peer, &vec![0xAB; length]);
            }
            step::GONE => self.gone(who),
            step::STREAM => {
                let piece = script.bytes();
                if client.transport == Transport::Tcp {
                    self.push(who, piece);
                }
            }
            step::OPEN => self.model.open(client, Opened { v4: how & 0x40 == 0, v6: how & 0x80 == 0 }),
            _ => self.send(who, how, self.last.clone()),
        }
    }

    /// Sends a packet as a datagram, or in pieces of a stream.
    fn send(&mut self, who: usize, how: u8, mut packet: Vec<u8>) {
        self.last.clone_from(&packet);
        if self.clients[who].transport == Transport::Udp {
            return self.model.packet(self.clients[who], &packet);
        }
        packet.resize(packet.len().next_multiple_of(4), 0);
        let size = [packet.len(), 1, 7, packet.len() / 2 + 1][usize::from(how >> 3 & 3)].max(1);
        for piece in packet.chunks(size) {
            self.push(who, piece);
        }
    }

    fn push(&mut self, who: usize, piece: &[u8]) {
        let (frames, goes_on) = self.streams[who].push(piece);
        for frame in frames {
            self.model.packet(self.clients[who], &frame);
        }
        if !goes_on {
            self.gone(who);
        }
    }

    fn gone(&mut self, who: usize) {
        self.streams[who] = Stream::default();
        self.model.gone(self.clients[who]);
    }

    fn id(&mut self, is_again: bool) -> Id {
        self.ids += u64::from(!is_again);
        let mut id = Id::default();
        id[4..].copy_from_slice(&self.ids.to_be_bytes());
        id
    }

    /// Returns a request with a valid or invalid login.
    fn request(&mut self, client: ClientSocket, script: &mut Script<'_>) -> Vec<u8> {
        let (who, what) = (script.byte(), script.byte());
        let id = self.id(what & 0x20 != 0);
        let method = stun::METHODS.get(usize::from(what & 7)).copied().unwrap_or(5);
        let mut attributes = Vec::new();
        for _ in 0..script.byte() % 8 {
            self.attribute(&id, &mut attributes, script);
        }
        let fault = who >> 4 & 7;
        let expiry = self.start + [600, 4_000, 0, 1_000_000][usize::from(who >> 2 & 3)];
        let username = format!("{expiry}:{}", ["ada", "bob", "eve", ""][usize::from(who & 3)]);
        let nonce = match fault {
            fault::OLD_NONCE => logins::nonce(
                self.model.unix.saturating_sub(60 * u64::from(script.byte())),
                client.remote.ip(),
            ),
            fault::NONCE_OF_ANOTHER => logins::nonce(self.model.unix, IpAddr::from([198, 51, 100, 99])),
            _ => logins::nonce(self.model.unix, client.remote.ip()),
        };
        let realm = if fault == fault::REALM { "another" } else { logins::REALM };
        attributes.push((stun::USERNAME, username.as_bytes().to_vec()));
        attributes.push((stun::REALM, realm.as_bytes().to_vec()));
        if fault != fault::NO_NONCE {
            attributes.push((stun::NONCE, nonce.into_bytes()));
        }
        let mut bytes = stun::write(u16::from(what >> 3 & 3), method, &id, &attributes);
        match fault {
            fault::UNSIGNED => {}
            fault::PASSWORD => stun::sign(&mut bytes, b"another"),
            _ => stun::sign(&mut bytes, &logins::key(&username)),
        }
        if fault == fault::DAMAGED {
            let at = usize::from(script.byte()) % bytes.len();
            bytes[at] ^= script.byte();
        }
        if who & 0x80 != 0 {
            stun::fingerprint(&mut bytes);
        }
        bytes
    }

    fn attribute(&mut self, id: &Id, attributes: &mut Vec<(u16, Vec<u8>)>, script: &mut Script<'_>) {
        let mut put = |kind, value| attributes.push((kind, value));
        match script.byte() % attribute::COUNT {
            attribute::TRANSPORT => put(stun::TRANSPORT, vec![17, 0, 0, 0]),
            attribute::OTHER_TRANSPORT => put(stun::TRANSPORT, vec![script.byte(), 0, 0, 0]),
            attribute::FAMILY => put(stun::FAMILY, vec![script.byte(), 0, 0, 0]),
            attribute::ADDITIONAL_FAMILY => put(stun::ADDITIONAL_FAMILY, vec![script.byte(), 0, 0, 0]),
            attribute::LIFETIME => put(stun::LIFETIME, vec![0, 0, script.byte(), script.byte()]),
            attribute::PEER => put(stun::PEER, stun::value_of(self.peer(script), id)),
            attribute::CHANNEL => put(stun::CHANNEL_NUMBER, vec![0x40, script.byte(), 0, 0]),
            attribute::ANY_CHANNEL => put(stun::CHANNEL_NUMBER, vec![script.byte(), script.byte(), 0, 0]),
            attribute::DATA => put(stun::DATA, script.bytes().to_vec()),
            attribute::RAW => {
                let kind = u16::from_be_bytes([script.byte(), script.byte()]);
                put(kind, script.bytes().to_vec());
            }
            _ => {
                let (net, count) = (script.byte(), script.byte());
                for host in 0..count.min(MAX_PEERS) {
                    put(stun::PEER, stun::value_of(SocketAddr::from(([9, 9, net, host], 1)), id));
                }
            }
        }
    }

    fn peer(&self, script: &mut Script<'_>) -> SocketAddr {
        let (kind, which) = (script.byte(), script.byte());
        let port = 5_000 + u16::from(which);
        let v6 = |segments: [u16; 8]| SocketAddr::from((segments, port));
        match kind % 13 {
            0 => SocketAddr::from(([8, 8, 8, 8], port)),
            1 => SocketAddr::from(([9, 9, 0, which], 1_024)),
            2 => v6([0x2606, 0x4700, 0, 0, 0, 0, 0, 1]),
            3 => {
                let relay =
                    self.clients.get(usize::from(which)).and_then(|client| self.model.relay_of(*client));
                relay.unwrap_or_else(|| SocketAddr::new(RELAY_V4, port))
            }
            4 => SocketAddr::new(RELAY_V4, port),
            5 => SocketAddr::new(RELAY_V6, 50_000 + u16::from(which)),
            6 if which < 128 => SocketAddr::from(([10, 0, 0, which], 5_000)),
            // The network of the server.
            6 => SocketAddr::from(([5, 6, 7, which], 5_000)),
            7 => SocketAddr::from(([127, 0, 0, which], 1)),
            8 => v6([0, 0, 0, 0, 0, 0xFFFF, 0x0808, 0x0808]),
            9 => v6([0, 0, 0, 0, 0, 0xFFFF, 0x0506, 0x0708]),
            10 => SocketAddr::from((<[u8; 4]>::try_from(script.take(4)).unwrap_or_default(), port)),
            11 => SocketAddr::from((<[u8; 16]>::try_from(script.take(16)).unwrap_or_default(), port)),
            // System ports.
            _ => SocketAddr::from(([8, 8, 4, which], [0, 53, 1_023, 1_024][usize::from(which & 3)])),
        }
    }
}

/// The rest of a script.
struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    /// Returns as many bytes as the next byte says.
    fn bytes(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(usize::from(count))
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }
}
