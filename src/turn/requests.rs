//! What clients send: the TURN requests (RFC 8656, sections 7 to 12), and packets for their peers.

use std::ops::RangeInclusive;

use super::{
    allocation::{Allocation, PendingAllocation},
    authentication::User,
    command::{AddressFamilies, Command},
    config::Now,
    message::{
        Class, ErrorCode, MAX_REQUEST_BYTES, Message, Method, Writer, attribute, be16, error, is_indication,
    },
    server::TurnServer,
    sockets::ClientSocket,
    stats::Refusal,
};
use crate::limits::Scope;

/// RFC 8656, section 3.2. Unit: second.
const DEFAULT_LIFETIME: u32 = 600;
const MAX_LIFETIME: u32 = 3_600;
/// REQUESTED-TRANSPORT: the protocol number of UDP.
const UDP: u8 = 17;
/// RFC 8656, section 12.
const CHANNEL_NUMBERS: RangeInclusive<u16> = 0x4000..=0x4FFF;
/// Limits the size of the response.
const MAX_UNKNOWN_ATTRIBUTES: usize = 4;
/// The comprehension-required attributes that are understood.
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

impl<R: Clone> TurnServer<R> {
    /// Handles what a client sent: one datagram, or one frame of a stream.
    pub fn handle_client_input(&mut self, now: Now, client: ClientSocket, packet: &[u8]) -> Command<R> {
        match packet.first().map(|byte| byte >> 6) {
            // Before anything is computed over it: a sum or a signature.
            Some(0) if packet.len() > MAX_REQUEST_BYTES && !is_indication(packet) => {
                self.stats.refuse(Refusal::Length);
                Command::Discard
            }
            Some(0) => match Message::read(packet) {
                Some(message) => self.on_message(now, client, &message, packet),
                None => Command::Discard,
            },
            Some(1) => self.on_channel_data(now, client, packet).unwrap_or(Command::Discard),
            Some(_) | None => Command::Discard,
        }
    }

    fn on_channel_data(&mut self, now: Now, client: ClientSocket, packet: &[u8]) -> Option<Command<R>> {
        let (channel, length) = (be16(packet, 0)?, be16(packet, 2)?);
        let data = 4..4 + usize::from(length);
        let peer = self.allocations.get(&client)?.peer_of(channel, now.steady)?;
        (data.end <= packet.len()).then(|| self.forward(now.steady, client, peer, packet, data))
    }

    fn on_message(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        packet: &[u8],
    ) -> Command<R> {
        match (message.class, message.method) {
            (Class::Request, Method::Binding) => {
                self.answer_unauthenticated(now, client, |_| binding(client, message))
            }
            (Class::Request, method) => match self.authenticate(now, client, message) {
                Ok(user) => match self.limit(now, client, message, &user) {
                    None => {
                        self.failures.remove(&client);
                        self.on_request(now, client, message, method, &user)
                    }
                    Some(command) => command,
                },
                Err(code) => {
                    self.stats.refuse(Refusal::Unauthorized);
                    if self.fails_too_often(client) {
                        return Command::Close;
                    }
                    self.answer_unauthenticated(now, client, |server| {
                        server.challenge(now, client, message, code)
                    })
                }
            },
            (Class::Indication, Method::Send) if unknown(message).is_empty() => {
                let (Some(peers), Some(data)) = (message.peers(), message.range(attribute::DATA)) else {
                    return Command::Discard;
                };
                match peers.as_slice() {
                    [peer] => self.forward(now.steady, client, *peer, packet, data),
                    _ => Command::Discard,
                }
            }
            (Class::Indication | Class::Success | Class::Error, _) => Command::Discard,
        }
    }

    fn on_request(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        method: Method,
        user: &User<'_>,
    ) -> Command<R> {
        let unknown = unknown(message);
        if !unknown.is_empty() {
            let response = unknown_attributes(message, &unknown);
            return Command::Reply(response.sign(&user.key).finish(message.has_fingerprint));
        }
        let success = Writer::new(Class::Success, method, &message.id);
        let response = match method {
            Method::Allocate => match self.allocate(client, message, user) {
                Ok(command) => return command,
                Err(code) => Err(code),
            },
            Method::Refresh => self
                .refresh(now, client, message, user)
                .map(|seconds| success.put(attribute::LIFETIME, &seconds.to_be_bytes())),
            Method::CreatePermission => self.create_permission(now, client, message, user).map(|()| success),
            Method::ChannelBind => self.bind_channel(now, client, message, user).map(|()| success),
            Method::Binding | Method::Send | Method::Data => Err(ErrorCode::BadRequest),
        };
        if let Err(ErrorCode::Forbidden) = response {
            self.stats.refuse(Refusal::Forbidden);
        }
        let response = response.unwrap_or_else(|code| error(message, code));
        Command::Reply(response.sign(&user.key).finish(message.has_fingerprint))
    }

    /// RFC 8656, section 7.2.
    fn allocate(
        &mut self,
        client: ClientSocket,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<Command<R>, ErrorCode> {
        if let Some(allocation) = self.allocations.get(&client) {
            // The response was lost, and the client retransmits.
            let is_same = allocation.transaction_id == message.id && allocation.username == user.name;
            let response = is_same.then(|| Command::Reply(allocation.response.clone()));
            return response.ok_or(ErrorCode::AllocationMismatch);
        }
        if self.pending.contains_key(&client) {
            return Ok(Command::Discard);
        }
        let (families, v6_is_optional) = self.families(message)?;
        self.take_share(client, user).map_err(|(code, reason)| {
            self.stats.refuse(reason);
            code
        })?;
        let lifetime = lifetime(message).max(DEFAULT_LIFETIME);
        self.pending.insert(
            client,
            PendingAllocation {
                username: user.name.to_owned(),
                user: user.id.to_owned(),
                key: user.key,
                transaction_id: message.id,
                lifetime_ms: u64::from(lifetime) * 1_000,
                families,
                v6_is_optional,
                with_fingerprint: message.has_fingerprint,
            },
        );
        Ok(Command::CreateAllocation(families))
    }

    /// Counts an allocation of this user and of the client's networks. An error says why it cannot have one.
    fn take_share(&mut self, client: ClientSocket, user: &User<'_>) -> Result<(), (ErrorCode, Refusal)> {
        if self.users.ends(user.id).is_some() {
            // Not 401, after which clients log in once more.
            return Err((ErrorCode::Forbidden, Refusal::Ended));
        }
        if self.users.allocations(user.id) >= self.config.max_per_user {
            return Err((ErrorCode::AllocationQuotaReached, Refusal::Quota));
        }
        match self.shares.take(client.remote.ip()) {
            Ok(()) => {}
            Err(Scope::All) => return Err((ErrorCode::InsufficientCapacity, Refusal::Full)),
            Err(_) => return Err((ErrorCode::AllocationQuotaReached, Refusal::Network)),
        }
        self.users.add(user.id, client);
        Ok(())
    }

    /// Returns the requested families, and whether IPv6 is optional (RFC 8656, section 7.2).
    fn families(&self, message: &Message<'_>) -> Result<(AddressFamilies, bool), ErrorCode> {
        let first_byte = |kind| message.get(kind).and_then(|value| value.first()).copied();
        match first_byte(attribute::REQUESTED_TRANSPORT) {
            Some(UDP) => {}
            Some(_) => return Err(ErrorCode::UnsupportedTransport),
            None => return Err(ErrorCode::BadRequest),
        }
        let requested = first_byte(attribute::REQUESTED_ADDRESS_FAMILY);
        let additional = first_byte(attribute::ADDITIONAL_ADDRESS_FAMILY);
        let has = |is_v4: bool| self.relay_address(is_v4).is_some();
        let (families, v6_is_optional) = match (requested, additional) {
            // The RFC's default is IPv4, and browsers always use it. On an IPv6-only server they get IPv6.
            (None, None) if !has(true) => (AddressFamilies { v4: false, v6: true }, false),
            (None | Some(1), None) => (AddressFamilies { v4: true, v6: false }, false),
            (Some(2), None) => (AddressFamilies { v4: false, v6: true }, false),
            (None, Some(2)) => (AddressFamilies { v4: true, v6: true }, true),
            (Some(1 | 2) | None, Some(_)) => return Err(ErrorCode::BadRequest),
            (Some(_), _) => return Err(ErrorCode::AddressFamilyNotSupported),
        };
        let is_available = (!families.v4 || has(true)) && (!families.v6 || v6_is_optional || has(false));
        is_available.then_some((families, v6_is_optional)).ok_or(ErrorCode::AddressFamilyNotSupported)
    }

    /// RFC 8656, section 8.2. Returns the new lifetime in seconds.
    fn refresh(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<u32, ErrorCode> {
        let allocation = self.allocation_of(client, user)?;
        if let Some(family) = message.get(attribute::REQUESTED_ADDRESS_FAMILY).and_then(|value| value.first())
        {
            let has_family =
                allocation.relayed.iter().any(|relayed| relayed.address.is_ipv4() == (*family == 1));
            has_family.then_some(()).ok_or(ErrorCode::PeerAddressFamilyMismatch)?;
        }
        let seconds = lifetime(message);
        if seconds == 0 {
            self.delete_allocation(client);
            return Ok(0);
        }
        let seconds = seconds.max(DEFAULT_LIFETIME);
        allocation.expires = now.steady + u64::from(seconds) * 1_000;
        self.set_deadline(client);
        Ok(seconds)
    }

    /// RFC 8656, section 10.2: all permissions, or none. Ports do not count.
    fn create_permission(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<(), ErrorCode> {
        let peers = message.peers().filter(|peers| !peers.is_empty()).ok_or(ErrorCode::BadRequest)?;
        self.allocation_of(client, user)?;
        for peer in &peers {
            self.check_peer(client, *peer)?;
        }
        Ok(self.allocation_of(client, user)?.permit(&peers, now.steady)?)
    }

    /// RFC 8656, section 12.2.
    fn bind_channel(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Result<(), ErrorCode> {
        let number = message.number(attribute::CHANNEL_NUMBER).map(|number| number >> 16);
        let number = number
            .and_then(|number| u16::try_from(number).ok())
            .filter(|number| CHANNEL_NUMBERS.contains(number));
        let peers = message.peers().ok_or(ErrorCode::BadRequest)?;
        let (Some(number), [peer]) = (number, peers.as_slice()) else { return Err(ErrorCode::BadRequest) };
        self.allocation_of(client, user)?;
        self.check_peer(client, *peer)?;
        self.check_port(*peer)?;
        Ok(self.allocation_of(client, user)?.bind(number, *peer, now.steady)?)
    }

    /// Returns the allocation of this client, if this user created it.
    fn allocation_of(
        &mut self,
        client: ClientSocket,
        user: &User<'_>,
    ) -> Result<&mut Allocation<R>, ErrorCode> {
        let allocation = self.allocations.get_mut(&client).ok_or(ErrorCode::AllocationMismatch)?;
        if allocation.username == user.name { Ok(allocation) } else { Err(ErrorCode::WrongCredentials) }
    }
}

/// Returns the Binding response (RFC 8489, section 2), which needs no login.
fn binding(client: ClientSocket, message: &Message<'_>) -> Vec<u8> {
    let unknown = unknown(message);
    if !unknown.is_empty() {
        return unknown_attributes(message, &unknown).finish(message.has_fingerprint);
    }
    Writer::new(Class::Success, Method::Binding, &message.id)
        .put_address(attribute::XOR_MAPPED_ADDRESS, client.remote)
        .finish(message.has_fingerprint)
}

fn unknown_attributes(message: &Message<'_>, unknown: &[u16]) -> Writer {
    let list: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
    error(message, ErrorCode::UnknownAttribute).put(attribute::UNKNOWN_ATTRIBUTES, &list)
}

/// Returns the first comprehension-required attributes that are not understood (RFC 8489, section 14).
fn unknown(message: &Message<'_>) -> Vec<u16> {
    let is_unknown = |kind: &u16| *kind < 0x8000 && !UNDERSTOOD.contains(kind);
    message.attributes().map(|(kind, _)| kind).filter(is_unknown).take(MAX_UNKNOWN_ATTRIBUTES).collect()
}

/// Returns the requested lifetime in seconds, within the maximum.
fn lifetime(message: &Message<'_>) -> u32 {
    message.number(attribute::LIFETIME).unwrap_or(DEFAULT_LIFETIME).min(MAX_LIFETIME)
}
