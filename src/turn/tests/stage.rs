//! A server, and clients that can authenticate. Sockets are numbers.

use std::net::SocketAddr;

use ipnet::IpNet;

use crate::{
    limits::Rate,
    sansio::Millis,
    turn::{
        AllocationPort, ClientSocket, Command, Login, Now, PeerSocket, Policy, Secret, Transport, TurnConfig,
        TurnServer,
        credentials::parse_username,
        message::{Class, Message, Method, Writer, attribute},
    },
};

pub(super) const REALM: &str = "halloo";
pub(super) const RELAY: &str = "203.0.113.1";
pub(super) const RELAY_V6: &str = "2001:4860::1";

/// More than a scenario needs.
const MANY: Rate = Rate { per_second: 1_000_000, burst: 1_000_000 };

pub(super) struct Stage {
    pub(super) server: TurnServer<u32>,
    pub(super) now: Now,
    pub(super) secret: Secret,
    ports: u16,
    requests: u64,
}

/// The kind of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Success,
    Error(u16),
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(super) fn with(change: impl FnOnce(&mut TurnConfig)) -> Self {
        let mut config = TurnConfig {
            relay_addresses: vec![RELAY.parse().unwrap(), RELAY_V6.parse().unwrap()],
            policy: Policy::default(),
            max_per_user: 2,
            max_per_network: 9,
            max_allocations: 3,
            login_ms: 600_000,
            user_requests: MANY,
            user_allocations: MANY,
            network_requests: MANY,
            network_allocations: MANY,
            user_bandwidth: None,
            total_bandwidth: None,
            unauthenticated_per_second: 100,
        };
        change(&mut config);
        let secret = Secret::new("secret");
        let now = Now { steady: Millis(0), unix: 1_795_000_000 };
        Self { server: TurnServer::new(config, secret.clone()), now, secret, ports: 50_000, requests: 0 }
    }

    pub(super) fn login(&self, id: &str) -> Login {
        self.secret.login(id, self.now.unix + 600)
    }

    pub(super) fn passes(&mut self, seconds: u64) {
        self.now.steady = self.now.steady + seconds * 1_000;
        self.now.unix += seconds;
        self.server.handle_timeout(self.now.steady);
    }

    pub(super) fn request(&mut self, method: Method) -> Writer {
        self.requests += 1;
        let mut id = [0; 12];
        id[4..].copy_from_slice(&self.requests.to_be_bytes());
        Writer::new(Class::Request, method, &id)
    }

    pub(super) fn send(&mut self, client: ClientSocket, bytes: &[u8]) -> Command<u32> {
        self.server.handle_client_input(self.now, client, bytes)
    }

    /// Sends a signed request with a fresh nonce; opens the sockets that the server asks for. Returns the
    /// response.
    pub(super) fn ask(&mut self, client: ClientSocket, login: &Login, request: Writer) -> Vec<u8> {
        let nonce = self.secret.nonce(self.now.unix, client.remote.ip());
        self.ask_with(client, login, &nonce, request)
    }

    pub(super) fn ask_with(
        &mut self,
        client: ClientSocket,
        login: &Login,
        nonce: &str,
        request: Writer,
    ) -> Vec<u8> {
        let bytes = signed(login, nonce, request);
        match self.send(client, &bytes) {
            Command::Reply(answer) => answer,
            Command::CreateAllocation(families) => {
                self.ports += 2;
                let port = self.ports;
                let v4 = families.v4.then_some((AllocationPort(port), u32::from(port)));
                let v6 = families.v6.then_some((AllocationPort(port + 1), u32::from(port) + 1));
                self.server.handle_allocation_created(self.now, client, v4, v6).expect("an answer")
            }
            other @ (Command::Discard
            | Command::Close
            | Command::SendToPeer { .. }
            | Command::SendToClient { .. }) => panic!("no answer but {other:?}"),
        }
    }

    pub(super) fn allocate(&mut self, client: ClientSocket, login: &Login) -> Vec<u8> {
        let request = self.request(Method::Allocate).put(attribute::REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        self.ask(client, login, request)
    }

    pub(super) fn permit(&mut self, client: ClientSocket, login: &Login, peers: &[&str]) -> Answer {
        let request = peers.iter().fold(self.request(Method::CreatePermission), |request, peer| {
            request.put_address(attribute::XOR_PEER_ADDRESS, address(peer))
        });
        answer(&self.ask(client, login, request))
    }

    pub(super) fn bind(&mut self, client: ClientSocket, login: &Login, number: u16, peer: &str) -> Answer {
        let request = self
            .request(Method::ChannelBind)
            .put(attribute::CHANNEL_NUMBER, &(u32::from(number) << 16).to_be_bytes())
            .put_address(attribute::XOR_PEER_ADDRESS, address(peer));
        answer(&self.ask(client, login, request))
    }

    pub(super) fn refresh(&mut self, client: ClientSocket, login: &Login, seconds: u32) -> Answer {
        let request = self.request(Method::Refresh).put(attribute::LIFETIME, &seconds.to_be_bytes());
        answer(&self.ask(client, login, request))
    }

    /// Returns whether the server has no state.
    pub(super) fn is_empty(&self) -> bool {
        self.server.allocations.is_empty()
            && self.server.pending.is_empty()
            && self.server.users.len() == 0
            && self.server.failures.is_empty()
            && self.server.shares.held() == 0
            && self.server.poll_timeout().is_none()
    }
}

pub(super) fn signed(login: &Login, nonce: &str, request: Writer) -> Vec<u8> {
    parse_username(&login.username).expect("one of our logins");
    request
        .put(attribute::USERNAME, login.username.as_bytes())
        .put(attribute::REALM, REALM.as_bytes())
        .put(attribute::NONCE, nonce.as_bytes())
        .sign(&key(login))
        .finish(true)
}

pub(super) fn key(login: &Login) -> [u8; 16] {
    use md5::Digest as _;

    md5::Md5::digest(format!("{}:{REALM}:{}", login.username, login.password)).into()
}

pub(super) fn udp(remote: &str) -> ClientSocket {
    ClientSocket { transport: Transport::Udp, remote: address(remote), local: address("203.0.113.1:3478") }
}

pub(super) fn tcp(remote: &str) -> ClientSocket {
    ClientSocket { transport: Transport::Tcp, ..udp(remote) }
}

pub(super) fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(super) fn peer(text: &str) -> PeerSocket {
    PeerSocket(address(text))
}

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn answer(bytes: &[u8]) -> Answer {
    let message = Message::read(bytes).expect("a message");
    match message.class {
        Class::Success => Answer::Success,
        Class::Error => {
            let code = message.get(attribute::ERROR_CODE).unwrap();
            Answer::Error(u16::from(code[2]) * 100 + u16::from(code[3]))
        }
        Class::Request | Class::Indication => panic!("no answer"),
    }
}

/// Returns the addresses in a response.
pub(super) fn addresses(bytes: &[u8], kind: u16) -> Vec<String> {
    let message = Message::read(bytes).unwrap();
    let all = message.attributes().filter(|(one, _)| *one == kind);
    all.map(|(_, value)| crate::turn::message::unxor_address(value, &message.id).unwrap().to_string())
        .collect()
}
