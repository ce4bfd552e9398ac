//! What one client has been given (RFC 8656, section 2.2): relayed addresses, and the peers it may exchange packets with.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
};

use super::message::TransactionId;
use crate::sansio::Millis;

/// RFC 8656, section 9.
const PERMISSION_MS: u64 = 300_000;
/// RFC 8656, section 12.
const CHANNEL_MS: u64 = 600_000;
/// A browser asks for one for each candidate of its peer.
const MAX_PERMISSIONS: usize = 64;
const MAX_CHANNELS: usize = 32;

/// A socket through which a client reaches its peers.
#[derive(Debug)]
pub(super) struct Relay<R> {
    /// As peers see it.
    pub(super) address: SocketAddr,
    pub(super) socket: R,
}

#[derive(Debug)]
pub(super) struct Allocation<R> {
    pub(super) username: String,
    pub(super) key: [u8; 16],
    pub(super) relays: Vec<Relay<R>>,
    permissions: HashMap<IpAddr, Millis>,
    channels: Vec<Channel>,
    /// The request it was made for, and the answer, which may have to be said again.
    pub(super) made_for: TransactionId,
    pub(super) answer: Vec<u8>,
}

#[derive(Debug)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    expires: Millis,
}

/// Why a permission or channel is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There are too many.
    Full,
    /// The number is bound to another peer, or the peer to another number.
    Conflict,
}

impl<R> Allocation<R> {
    pub(super) fn new(
        username: String,
        key: [u8; 16],
        relays: Vec<Relay<R>>,
        made_for: TransactionId,
    ) -> Self {
        Self {
            username,
            key,
            relays,
            permissions: HashMap::new(),
            channels: Vec::new(),
            made_for,
            answer: Vec::new(),
        }
    }

    /// The relay for peers of this family.
    pub(super) fn relay_to(&self, peer: IpAddr) -> Option<&Relay<R>> {
        self.relays.iter().find(|relay| relay.address.is_ipv4() == peer.is_ipv4())
    }

    /// All of these or, if they are too many, none.
    pub(super) fn permit(&mut self, peers: &[SocketAddr], now: Millis) -> Result<(), Refusal> {
        self.permissions.retain(|_, expires| *expires > now);
        let ips = peers.iter().map(SocketAddr::ip);
        let new: HashSet<_> = ips.clone().filter(|ip| !self.permissions.contains_key(ip)).collect();
        if self.permissions.len() + new.len() > MAX_PERMISSIONS {
            return Err(Refusal::Full);
        }
        self.permissions.extend(ips.map(|ip| (ip, now + PERMISSION_MS)));
        Ok(())
    }

    pub(super) fn permits(&self, peer: IpAddr, now: Millis) -> bool {
        self.permissions.get(&peer).is_some_and(|expires| *expires > now)
    }

    /// The channel with its permission, or neither.
    pub(super) fn bind(&mut self, number: u16, peer: SocketAddr, now: Millis) -> Result<(), Refusal> {
        self.channels.retain(|channel| channel.expires > now);
        let is_this = |channel: &Channel| channel.number == number && channel.peer == peer;
        let is_either = |channel: &Channel| channel.number == number || channel.peer == peer;
        if !self.channels.iter().any(is_this) {
            if self.channels.iter().any(is_either) {
                return Err(Refusal::Conflict);
            }
            if self.channels.len() >= MAX_CHANNELS {
                return Err(Refusal::Full);
            }
        }
        self.permit(&[peer], now)?;
        self.channels.retain(|channel| !is_this(channel));
        self.channels.push(Channel { number, peer, expires: now + CHANNEL_MS });
        Ok(())
    }

    /// The peer of a channel.
    pub(super) fn peer_of(&self, number: u16, now: Millis) -> Option<SocketAddr> {
        let channel = self.channels.iter().find(|channel| channel.number == number)?;
        (channel.expires > now).then_some(channel.peer)
    }

    /// The channel of a peer.
    pub(super) fn channel_of(&self, peer: SocketAddr, now: Millis) -> Option<u16> {
        let channel = self.channels.iter().find(|channel| channel.peer == peer)?;
        (channel.expires > now).then_some(channel.number)
    }
}
