//! What clients ask for, and whether they get it (RFC 8656, sections 7 to 12).

use std::net::{IpAddr, SocketAddr};

use super::{
    Client, Now, Transport,
    allocation::{Allocation, Refusal},
    credentials::parse_username,
    message::{Class, Message, Method, Writer, attribute},
    policy,
    server::{Families, Pending, Reaction, Server},
    strangers::network,
};

/// Short: strangers are told it, and an answer to a stranger must not be much larger than the question.
const REALM: &str = "halloo";
/// RFC 8656, section 3.2. Unit: second.
const DEFAULT_LIFETIME: u32 = 600;
const MAX_LIFETIME: u32 = 3_600;
/// `REQUESTED-TRANSPORT`: the protocol number of UDP.
const UDP: u8 = 17;
/// The numbers that may be bound (RFC 8656, section 12).
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4FFF;
/// Attributes that must be understood, and are.
const UNDERSTOOD: [u16; 10] = [
    attribute::USERNAME,
    attribute::CHANNEL_NUMBER,
    attribute::LIFETIME,
    attribute::XOR_PEER_ADDRESS,
    attribute::DATA,
    attribute::REALM,
    attribute::NONCE,
    attribute::REQUESTED_ADDRESS_FAMILY,
    attribute::REQUESTED_TRANSPORT,
    attribute::XOR_MAPPED_ADDRESS,
];

/// Somebody with a good login.
struct User<'a> {
    name: &'a str,
    key: [u8; 16],
}

/// An error that is answered, by its code.
type Refused = u16;

impl<R: Clone> Server<R> {
    pub(super) fn on_message(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        bytes: &[u8],
    ) -> Reaction<R> {
        match (message.class, message.method) {
            (Class::Request, Method::Binding) => {
                self.answer_stranger(now, client, |_| binding(client, message))
            }
            (Class::Request, method) => match self.authenticate(now, client, message) {
                Ok(user) => self.on_request(now, client, message, method, &user),
                Err(code) => {
                    self.stats.unauthorized += 1;
                    self.answer_stranger(now, client, |server| server.challenge(now, client, message, code))
                }
            },
            (Class::Indication, Method::Send) if unknown(message).is_empty() => {
                let (Some(peers), Some(data)) = (message.peers(), message.range(attribute::DATA)) else {
                    return Reaction::Nothing;
                };
                match peers.as_slice() {
                    [peer] => self.forward(now.steady, client, *peer, bytes, data),
                    _ => Reaction::Nothing,
                }
            }
            (Class::Indication | Class::Success | Class::Error, _) => Reaction::Nothing,
        }
    }

    /// Who has opened a stream is where they say they are, and so is who has an allocation.
    fn answer_stranger(
        &mut self,
        now: Now,
        client: Client,
        answer: impl FnOnce(&Self) -> Vec<u8>,
    ) -> Reaction<R> {
        let is_known = client.transport == Transport::Tcp || self.allocations.contains_key(&client);
        if is_known || self.strangers.may_answer(now.steady, client.remote.ip()) {
            return Reaction::Reply(answer(self));
        }
        self.stats.unanswered += 1;
        Reaction::Nothing
    }

    /// RFC 8489, section 9.2.4. Somebody who has an allocation may go on with the login it was made with, also after that
    /// has run out: a long call must not end by it.
    fn authenticate<'a>(&self, now: Now, client: Client, message: &Message<'a>) -> Result<User<'a>, Refused> {
        if !message.is_signed() {
            return Err(401);
        }
        let (Some(name), Some(realm), Some(nonce)) = (
            message.text(attribute::USERNAME),
            message.text(attribute::REALM),
            message.text(attribute::NONCE),
        ) else {
            return Err(400);
        };
        if !self.secret.is_fresh(nonce, now.unix, client.remote.ip()) {
            return Err(438);
        }
        let (expiry, _) = parse_username(name).filter(|_| realm == REALM).ok_or(401_u16)?;
        let known = self.allocations.get(&client).filter(|allocation| allocation.username == name);
        let key = match known {
            Some(allocation) => allocation.key,
            None if expiry > now.unix => self.secret.key(name, REALM),
            None => return Err(401),
        };
        message.is_signed_with(&key).then_some(User { name, key }).ok_or(401)
    }

    fn on_request(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        method: Method,
        user: &User<'_>,
    ) -> Reaction<R> {
        let unknown = unknown(message);
        if !unknown.is_empty() {
            let list: Vec<u8> = unknown.into_iter().flat_map(u16::to_be_bytes).collect();
            let answer = error(message, 420).put(attribute::UNKNOWN_ATTRIBUTES, &list);
            return Reaction::Reply(answer.sign(&user.key).finish(message.has_fingerprint));
        }
        let success = Writer::new(Class::Success, method, &message.id);
        let answer = match method {
            Method::Allocate => match self.allocate(client, message, user) {
                Ok(reaction) => return reaction,
                Err(code) => Err(code),
            },
            Method::Refresh => self
                .refresh(now, client, message, user)
                .map(|seconds| success.put(attribute::LIFETIME, &seconds.to_be_bytes())),
            Method::CreatePermission => self.create_permission(now, client, message, user).map(|()| success),
            Method::ChannelBind => self.bind_channel(now, client, message, user).map(|()| success),
            Method::Binding | Method::Send | Method::Data => Err(400),
        };
        if let Err(403) = answer {
            self.stats.forbidden += 1;
        }
        let answer = answer.unwrap_or_else(|code| error(message, code));
        Reaction::Reply(answer.sign(&user.key).finish(message.has_fingerprint))
    }

    fn allocate(
        &mut self,
        client: Client,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<Reaction<R>, Refused> {
        if let Some(allocation) = self.allocations.get(&client) {
            // The answer was lost, and the client asks again.
            let again = allocation.made_for == message.id && allocation.username == user.name;
            return again.then(|| Reaction::Reply(allocation.answer.clone())).ok_or(437);
        }
        if self.pending.contains_key(&client) {
            return Ok(Reaction::Nothing);
        }
        let (families, second_is_extra) = self.families(message)?;
        let Some((_, id)) = parse_username(user.name) else { return Err(401) };
        let of_user = self.users.get(id).copied().unwrap_or(0);
        if of_user >= self.config.max_per_user || self.is_network_full(client.remote.ip()) {
            self.stats.over_quota += 1;
            return Err(486);
        }
        if self.allocations.len() + self.pending.len() >= self.config.max_allocations {
            self.stats.over_quota += 1;
            return Err(508);
        }
        self.users.insert(id.to_owned(), of_user + 1);
        let lifetime = lifetime(message).max(DEFAULT_LIFETIME);
        self.pending.insert(
            client,
            Pending {
                username: user.name.to_owned(),
                key: user.key,
                id: message.id,
                lifetime_ms: u64::from(lifetime) * 1_000,
                families,
                second_is_extra,
                with_fingerprint: message.has_fingerprint,
            },
        );
        Ok(Reaction::Allocate(families))
    }

    /// Logins cost nothing, so one visitor could take all there is with many of them.
    fn is_network_full(&self, ip: IpAddr) -> bool {
        let clients = self.allocations.keys().chain(self.pending.keys());
        let same = clients.filter(|client| network(client.remote.ip()) == network(ip));
        same.count() >= self.config.max_per_network
    }

    /// RFC 8656, section 7.2. Whether the second family is extra comes with it.
    fn families(&self, message: &Message<'_>) -> Result<(Families, bool), Refused> {
        let transport = message.get(attribute::REQUESTED_TRANSPORT).and_then(|value| value.first());
        match transport {
            Some(&UDP) => {}
            Some(_) => return Err(442),
            None => return Err(400),
        }
        let family = |kind| message.get(kind).and_then(|value| value.first()).copied();
        let requested = family(attribute::REQUESTED_ADDRESS_FAMILY);
        let additional = family(attribute::ADDITIONAL_ADDRESS_FAMILY);
        let has = |is_v4: bool| self.relay_address(is_v4).is_some();
        let (families, is_extra) = match (requested, additional) {
            // Browsers name no family, and where IPv4 is not to be had IPv6 is better than nothing.
            (None, None) if !has(true) => (Families { v4: false, v6: true }, false),
            (None | Some(1), None) => (Families { v4: true, v6: false }, false),
            (Some(2), None) => (Families { v4: false, v6: true }, false),
            (None, Some(2)) => (Families { v4: true, v6: true }, true),
            (Some(1 | 2) | None, Some(_)) => return Err(400),
            (Some(_), _) => return Err(440),
        };
        let is_there = (!families.v4 || has(true)) && (!families.v6 || is_extra || has(false));
        is_there.then_some((families, is_extra)).ok_or(440)
    }

    fn refresh(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<u32, Refused> {
        let allocation = self.allocation_of(client, user)?;
        if let Some(family) = message.get(attribute::REQUESTED_ADDRESS_FAMILY).and_then(|value| value.first())
        {
            let is_there = allocation.relays.iter().any(|relay| relay.address.is_ipv4() == (*family == 1));
            is_there.then_some(()).ok_or(443_u16)?;
        }
        let seconds = lifetime(message);
        if seconds == 0 {
            self.free(client);
            return Ok(0);
        }
        let seconds = seconds.max(DEFAULT_LIFETIME);
        self.deadlines.set(client, now.steady + u64::from(seconds) * 1_000);
        Ok(seconds)
    }

    fn create_permission(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<(), Refused> {
        let peers = message.peers().filter(|peers| !peers.is_empty()).ok_or(400_u16)?;
        self.allocation_of(client, user)?;
        // All or none.
        for peer in &peers {
            self.judge(client, *peer)?;
        }
        let allocation = self.allocation_of(client, user)?;
        allocation.permit(&peers, now.steady).map_err(code_of)
    }

    fn bind_channel(
        &mut self,
        now: Now,
        client: Client,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<(), Refused> {
        let number = message.number(attribute::CHANNEL_NUMBER).map(|number| number >> 16);
        let number =
            number.and_then(|number| u16::try_from(number).ok()).filter(|number| CHANNELS.contains(number));
        let peers = message.peers().ok_or(400_u16)?;
        let (Some(number), [peer]) = (number, peers.as_slice()) else { return Err(400) };
        self.allocation_of(client, user)?;
        self.judge(client, *peer)?;
        self.allocation_of(client, user)?.bind(number, *peer, now.steady).map_err(code_of)
    }

    /// The allocation of this client, if this user made it.
    fn allocation_of(&mut self, client: Client, user: &User<'_>) -> Result<&mut Allocation<R>, Refused> {
        let allocation = self.allocations.get_mut(&client).ok_or(437_u16)?;
        if allocation.username == user.name { Ok(allocation) } else { Err(441) }
    }

    /// Whether this client may reach this peer.
    fn judge(&self, client: Client, peer: SocketAddr) -> Result<(), Refused> {
        let has_family = self.allocations.get(&client).is_some_and(|one| one.relay_to(peer.ip()).is_some());
        if !has_family {
            return Err(443);
        }
        // This machine in disguise is not known for one of its relays when a packet comes that way.
        let end = policy::embedded_v4(peer.ip()).map_or_else(|| peer.ip(), IpAddr::from);
        let is_this_machine = self.is_own_relay(end) || self.own_networks.iter().any(|own| own.addr() == end);
        // Its neighbours trust whoever is on this side of a firewall, whatever kind of address they have.
        let is_near = !self.config.policy.private && self.own_networks.iter().any(|own| own.contains(&end));
        let is_allowed = self.config.policy.allows(peer.ip()) && !is_this_machine && !is_near;
        if self.is_own_relay(peer.ip()) || is_allowed { Ok(()) } else { Err(403) }
    }

    /// An error that says by which realm and nonce to log in (RFC 8489, section 9.2.4).
    fn challenge(&self, now: Now, client: Client, message: &Message<'_>, code: Refused) -> Vec<u8> {
        let mut answer = error(message, code);
        if code != 400 {
            let nonce = self.secret.nonce(now.unix, client.remote.ip());
            answer = answer.put(attribute::REALM, REALM.as_bytes()).put(attribute::NONCE, nonce.as_bytes());
        }
        answer.finish(message.has_fingerprint)
    }

    pub(super) fn refusal_of(&self, pending: &Pending, code: Refused) -> Vec<u8> {
        let answer = Writer::new(Class::Error, Method::Allocate, &pending.id).put_error(code);
        answer.sign(&pending.key).finish(pending.with_fingerprint)
    }
}

/// RFC 8489, section 2. Also for clients that want no relay, without a login.
fn binding(client: Client, message: &Message<'_>) -> Vec<u8> {
    let unknown = unknown(message);
    if !unknown.is_empty() {
        let list: Vec<u8> = unknown.into_iter().flat_map(u16::to_be_bytes).collect();
        return error(message, 420).put(attribute::UNKNOWN_ATTRIBUTES, &list).finish(message.has_fingerprint);
    }
    Writer::new(Class::Success, Method::Binding, &message.id)
        .put_address(attribute::XOR_MAPPED_ADDRESS, client.remote)
        .finish(message.has_fingerprint)
}

fn error(message: &Message<'_>, code: Refused) -> Writer {
    Writer::new(Class::Error, message.method, &message.id).put_error(code)
}

/// Attributes that would have to be understood (RFC 8489, section 14). Few: a request cannot make the answer long.
fn unknown(message: &Message<'_>) -> Vec<u16> {
    let must_know = |kind: &u16| *kind < 0x8000 && !UNDERSTOOD.contains(kind);
    message.attributes().map(|(kind, _)| kind).filter(must_know).take(4).collect()
}

/// Seconds.
fn lifetime(message: &Message<'_>) -> u32 {
    message.number(attribute::LIFETIME).unwrap_or(DEFAULT_LIFETIME).min(MAX_LIFETIME)
}

fn code_of(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Full => 508,
        Refusal::Conflict => 400,
    }
}
