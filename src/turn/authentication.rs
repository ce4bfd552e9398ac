//! Who sent a request (RFC 8489, section 9.2), and whether that client has sent too many.

use super::{
    command::Command,
    config::Now,
    credentials::parse_username,
    message::{ErrorCode, Message, Method, attribute, error},
    server::TurnServer,
    sockets::{ClientSocket, Transport},
    stats::Refusal,
};

/// Short, because it is part of unauthenticated responses.
const REALM: &str = "halloo";
/// A stream ends with so many failed authentications in a row. Clients need two: without a nonce, and with
/// an old one.
const MAX_FAILURES: u32 = 20;

/// An authenticated user.
pub(super) struct User<'a> {
    pub(super) name: &'a str,
    /// The id in the user name.
    pub(super) id: &'a str,
    pub(super) key: [u8; 16],
}

impl<R: Clone> TurnServer<R> {
    /// Replies within the rate limit. It does not apply to clients whose source address is proven: by the
    /// handshake of a stream, or by an allocation.
    pub(super) fn answer_unauthenticated(
        &mut self,
        now: Now,
        client: ClientSocket,
        response: impl FnOnce(&Self) -> Vec<u8>,
    ) -> Command<R> {
        let is_proven = client.transport == Transport::Tcp || self.allocations.contains_key(&client);
        let ip = client.remote.ip();
        if is_proven || self.unauthenticated.allows(now.steady, ip, self.knows(ip)) {
            return Command::Reply(response(self));
        }
        self.stats.refuse(Refusal::Rate);
        Command::Discard
    }

    /// RFC 8489, section 9.2.4. The login of an allocation is accepted after its expiry too: a call may last
    /// longer.
    pub(super) fn authenticate<'a>(
        &self,
        now: Now,
        client: ClientSocket,
        message: &Message<'a>,
    ) -> Result<User<'a>, ErrorCode> {
        if !message.is_signed() {
            return Err(ErrorCode::Unauthenticated);
        }
        let (Some(name), Some(realm), Some(nonce)) = (
            message.text(attribute::USERNAME),
            message.text(attribute::REALM),
            message.text(attribute::NONCE),
        ) else {
            return Err(ErrorCode::BadRequest);
        };
        if !self.secret.is_fresh(nonce, now.unix, client.remote.ip()) {
            return Err(ErrorCode::StaleNonce);
        }
        let (expiry, id) =
            parse_username(name).filter(|_| realm == REALM).ok_or(ErrorCode::Unauthenticated)?;
        let existing = self.allocations.get(&client).filter(|allocation| allocation.username == name);
        let key = match existing {
            Some(allocation) => allocation.key,
            None if expiry > now.unix => self.secret.key(name, REALM),
            None => return Err(ErrorCode::Unauthenticated),
        };
        message.is_signed_with(&key).then_some(User { name, id, key }).ok_or(ErrorCode::Unauthenticated)
    }

    /// Counts a failed authentication of a client that is connected by a stream. Returns whether there were
    /// too many in a row. Clients by UDP have the limit of [`Self::answer_unauthenticated`].
    pub(super) fn fails_too_often(&mut self, client: ClientSocket) -> bool {
        if client.transport == Transport::Udp {
            return false;
        }
        let failures = self.failures.entry(client).or_default();
        *failures += 1;
        *failures >= MAX_FAILURES
    }

    /// Counts a request of this user. Returns what to do if there were too many: by UDP nothing, because
    /// clients retransmit, up to seven times in 39.5 s (RFC 8489, section 6.2.1), and would regard an error
    /// as final. Over a stream they do not retransmit: 508, after which they may try again (RFC 8656,
    /// section 7.2).
    pub(super) fn limit(
        &mut self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        user: &User<'_>,
    ) -> Option<Command<R>> {
        let (steady, ip) = (now.steady, client.remote.ip());
        let allocates = message.method == Method::Allocate;
        let of_user = self.user_requests.take_named(steady, user.id)
            && (!allocates || self.user_allocations.take_named(steady, user.id));
        let of_network = self.network_requests.take(steady, ip).is_ok()
            && (!allocates || self.network_allocations.take(steady, ip).is_ok());
        if of_user && of_network {
            return None;
        }
        self.stats.refuse(if of_user { Refusal::NetworkRate } else { Refusal::UserRate });
        Some(match client.transport {
            Transport::Udp => Command::Discard,
            Transport::Tcp => {
                let response = error(message, ErrorCode::InsufficientCapacity);
                Command::Reply(response.sign(&user.key).finish(message.has_fingerprint))
            }
        })
    }

    /// Returns an error response with REALM and NONCE (RFC 8489, section 9.2.4).
    pub(super) fn challenge(
        &self,
        now: Now,
        client: ClientSocket,
        message: &Message<'_>,
        code: ErrorCode,
    ) -> Vec<u8> {
        let mut response = error(message, code);
        if code != ErrorCode::BadRequest {
            let nonce = self.secret.nonce(now.unix, client.remote.ip());
            response =
                response.put(attribute::REALM, REALM.as_bytes()).put(attribute::NONCE, nonce.as_bytes());
        }
        response.finish(message.has_fingerprint)
    }
}
