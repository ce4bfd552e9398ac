//! The state of one allocation (RFC 8656, section 2.2): relayed sockets, permissions and channels.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
};

use super::{
    command::AddressFamilies,
    message::{Class, ErrorCode, Method, TransactionId, Writer},
    sockets::PeerSocket,
};
use crate::sansio::Millis;

/// RFC 8656, section 9.
const PERMISSION_MS: u64 = 300_000;
/// RFC 8656, section 12.
const CHANNEL_MS: u64 = 600_000;
/// A browser installs one permission per remote candidate.
const MAX_PERMISSIONS: usize = 64;
const MAX_CHANNELS: usize = 32;

/// A socket through which a client exchanges packets with its peers.
#[derive(Debug)]
pub(super) struct RelayedSocket<R> {
    /// The relayed transport address, as peers see it.
    pub(super) address: SocketAddr,
    pub(super) socket: R,
}

#[derive(Debug)]
pub(super) struct Allocation<R> {
    pub(super) username: String,
    /// The id in the user name.
    pub(super) user: String,
    /// When it expires unless it is refreshed, if the right of its user does not end before.
    pub(super) expires: Millis,
    pub(super) key: [u8; 16],
    pub(super) relayed: Vec<RelayedSocket<R>>,
    permissions: HashMap<IpAddr, Millis>,
    channels: Vec<Channel>,
    /// The Allocate request, and the response to repeat if it is retransmitted.
    pub(super) transaction_id: TransactionId,
    pub(super) response: Vec<u8>,
}

/// An allocation whose sockets are being opened.
#[derive(Debug)]
pub(super) struct PendingAllocation {
    pub(super) username: String,
    /// The id in the user name.
    pub(super) user: String,
    pub(super) key: [u8; 16],
    pub(super) transaction_id: TransactionId,
    pub(super) lifetime_ms: u64,
    pub(super) families: AddressFamilies,
    /// IPv6 was requested by ADDITIONAL-ADDRESS-FAMILY: the allocation succeeds without it.
    pub(super) v6_is_optional: bool,
    pub(super) with_fingerprint: bool,
}

#[derive(Debug)]
struct Channel {
    number: u16,
    peer: PeerSocket,
    expires: Millis,
}

/// Why a permission was not installed or a channel not bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BindError {
    LimitReached,
    /// The number is bound to another peer, or the peer to another number.
    Conflict,
}

impl From<BindError> for ErrorCode {
    fn from(error: BindError) -> Self {
        match error {
            BindError::LimitReached => Self::InsufficientCapacity,
            BindError::Conflict => Self::BadRequest,
        }
    }
}

impl PendingAllocation {
    pub(super) fn error_response(&self, code: ErrorCode) -> Vec<u8> {
        let response = Writer::new(Class::Error, Method::Allocate, &self.transaction_id).put_error(code);
        response.sign(&self.key).finish(self.with_fingerprint)
    }
}

impl<R> Allocation<R> {
    pub(super) fn new(
        pending: PendingAllocation,
        relayed: Vec<RelayedSocket<R>>,
        response: Vec<u8>,
        now: Millis,
    ) -> Self {
        Self {
            username: pending.username,
            user: pending.user,
            expires: now + pending.lifetime_ms,
            key: pending.key,
            relayed,
            permissions: HashMap::new(),
            channels: Vec::new(),
            transaction_id: pending.transaction_id,
            response,
        }
    }

    /// Returns the socket for peers of this family.
    pub(super) fn relayed_for(&self, peer: PeerSocket) -> Option<&RelayedSocket<R>> {
        self.relayed.iter().find(|relayed| relayed.address.is_ipv4() == peer.0.is_ipv4())
    }

    /// Installs or refreshes permissions: all of them or, beyond the limit, none.
    pub(super) fn permit(&mut self, peers: &[PeerSocket], now: Millis) -> Result<(), BindError> {
        self.permissions.retain(|_, expires| *expires > now);
        let ips = peers.iter().map(|peer| peer.ip());
        let new: HashSet<_> = ips.clone().filter(|ip| !self.permissions.contains_key(ip)).collect();
        if self.permissions.len() + new.len() > MAX_PERMISSIONS {
            return Err(BindError::LimitReached);
        }
        self.permissions.extend(ips.map(|ip| (ip, now + PERMISSION_MS)));
        Ok(())
    }

    pub(super) fn permits(&self, peer: PeerSocket, now: Millis) -> bool {
        self.permissions.get(&peer.ip()).is_some_and(|expires| *expires > now)
    }

    /// Binds or refreshes a channel and its permission: both, or neither.
    pub(super) fn bind(&mut self, number: u16, peer: PeerSocket, now: Millis) -> Result<(), BindError> {
        self.channels.retain(|channel| channel.expires > now);
        let is_this = |channel: &Channel| channel.number == number && channel.peer == peer;
        let is_either = |channel: &Channel| channel.number == number || channel.peer == peer;
        if !self.channels.iter().any(is_this) {
            if self.channels.iter().any(is_either) {
                return Err(BindError::Conflict);
            }
            if self.channels.len() >= MAX_CHANNELS {
                return Err(BindError::LimitReached);
            }
        }
        self.permit(&[peer], now)?;
        self.channels.retain(|channel| !is_this(channel));
        self.channels.push(Channel { number, peer, expires: now + CHANNEL_MS });
        Ok(())
    }

    pub(super) fn peer_of(&self, channel: u16, now: Millis) -> Option<PeerSocket> {
        let bound = self.channels.iter().find(|bound| bound.number == channel)?;
        (bound.expires > now).then_some(bound.peer)
    }

    pub(super) fn channel_of(&self, peer: PeerSocket, now: Millis) -> Option<u16> {
        let bound = self.channels.iter().find(|bound| bound.peer == peer)?;
        (bound.expires > now).then_some(bound.number)
    }
}
