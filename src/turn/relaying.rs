//! Packets between clients and peers (RFC 8656, sections 11 and 12).

use std::{net::IpAddr, ops::Range};

use super::{
    command::Command,
    message::{self, Class, ErrorCode, Method, TransactionId, Writer, attribute},
    policy::{self, Policy},
    server::TurnServer,
    sockets::{ClientSocket, PeerSocket, Transport},
    stats::Refusal,
};
use crate::sansio::Millis;

/// Free bytes before a packet from a peer, for the header of a Data indication with an IPv6 address.
pub const HEADROOM: usize = 48;
/// Free bytes after it.
const PADDING: usize = 3;

/// How a packet from a peer is encapsulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// A ChannelData message with this channel number.
    ChannelData(u16),
    /// A Data indication with this number in its transaction id.
    Indication(u64),
}

impl<R: Clone> TurnServer<R> {
    /// Handles a packet from a peer to a relayed address of this client. The packet is
    /// `buffer[HEADROOM..][..length]`, with three free bytes after it. Returns the range of `buffer` to send
    /// to the client, or `None` without a permission, or beyond a limit of bandwidth.
    pub fn handle_peer_traffic(
        &mut self,
        now: Millis,
        client: ClientSocket,
        peer: PeerSocket,
        buffer: &mut [u8],
        length: usize,
    ) -> Option<Range<usize>> {
        let allocation = self.allocations.get(&client)?;
        allocation.permits(peer, now).then_some(())?;
        let bucket = &mut self.users.get_mut(&allocation.user)?.to_clients;
        if !bucket.takes(now, length, self.config.user_bandwidth) {
            self.stats.refuse(Refusal::Bandwidth);
            return None;
        }
        if !self.total.takes(now, length, self.config.total_bandwidth) {
            self.stats.refuse(Refusal::TotalBandwidth);
            return None;
        }
        let framing = match allocation.channel_of(peer, now) {
            Some(number) => Framing::ChannelData(number),
            None => {
                self.indications += 1;
                Framing::Indication(self.indications)
            }
        };
        let frame = encapsulate(framing, client.transport, peer, buffer, length)?;
        self.stats.bytes_to_clients += length as u64;
        Some(frame)
    }

    /// Sends `packet[data]` from a client to a peer.
    pub(super) fn forward(
        &mut self,
        now: Millis,
        client: ClientSocket,
        peer: PeerSocket,
        packet: &[u8],
        data: Range<usize>,
    ) -> Command<R> {
        let Some(allocation) = self.allocations.get(&client) else { return Command::Discard };
        let Some(relayed) = allocation.relayed_for(peer) else { return Command::Discard };
        if !allocation.permits(peer, now) {
            return Command::Discard;
        }
        let Some(bucket) = self.users.get_mut(&allocation.user).map(|user| &mut user.to_peers) else {
            return Command::Discard;
        };
        if !bucket.takes(now, data.len(), self.config.user_bandwidth) {
            self.stats.refuse(Refusal::Bandwidth);
            return Command::Discard;
        }
        let Some(other) = self.by_relayed_address.get(&peer.0).copied() else {
            // The permission is for the IP address: it does not extend to other services there.
            if self.is_relay_address(peer.ip()) {
                return Command::Discard;
            }
            if !Policy::allows_port(peer.0.port()) {
                self.stats.refuse(Refusal::Forbidden);
                return Command::Discard;
            }
            if !self.total.takes(now, data.len(), self.config.total_bandwidth) {
                self.stats.refuse(Refusal::TotalBandwidth);
                return Command::Discard;
            }
            self.stats.bytes_to_peers += data.len() as u64;
            return Command::SendToPeer { socket: relayed.socket.clone(), peer, data };
        };
        // The peer is a relayed address of this server. Sent from socket to socket, the packet would need a
        // router that returns packets for the server's own public address.
        let from = PeerSocket(relayed.address);
        self.stats.bytes_to_peers += data.len() as u64;
        let mut frame = vec![0; HEADROOM + data.len() + PADDING];
        let payload = packet.get(data.clone()).unwrap_or_default();
        if let Some(place) = frame.get_mut(HEADROOM..HEADROOM + payload.len()) {
            place.copy_from_slice(payload);
        }
        match self.handle_peer_traffic(now, other, from, &mut frame, payload.len()) {
            Some(range) => {
                frame.truncate(range.end);
                Command::SendToClient { client: other, frame: frame.split_off(range.start) }
            }
            None => Command::Discard,
        }
    }

    /// Checks whether this client may reach this peer's IP address.
    pub(super) fn check_peer(&self, client: ClientSocket, peer: PeerSocket) -> Result<(), ErrorCode> {
        let has_family = self.allocations.get(&client).is_some_and(|one| one.relayed_for(peer).is_some());
        if !has_family {
            return Err(ErrorCode::PeerAddressFamilyMismatch);
        }
        // An IPv4 address embedded in IPv6 leads to this machine too, but never to a relayed address: packets
        // to it would not be recognised in `forward`.
        let end = policy::embedded_v4(peer.ip()).map_or_else(|| peer.ip(), IpAddr::from);
        let is_this_machine = self.is_relay_address(end) || self.has_address(end);
        // Neighbours of the server may trust it, whether or not their addresses are private.
        let is_neighbour =
            !self.config.policy.private && self.own_networks.iter().any(|own| own.contains(&end));
        let is_allowed = self.config.policy.allows(peer.ip()) && !is_this_machine && !is_neighbour;
        if self.is_relay_address(peer.ip()) || is_allowed { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }

    /// Checks whether clients may send to this peer's port. Relayed addresses are always fine.
    pub(super) fn check_port(&self, peer: PeerSocket) -> Result<(), ErrorCode> {
        let is_fine = Policy::allows_port(peer.0.port()) || self.by_relayed_address.contains_key(&peer.0);
        is_fine.then_some(()).ok_or(ErrorCode::Forbidden)
    }
}

/// Writes a header before the packet and padding after it.
fn encapsulate(
    framing: Framing,
    transport: Transport,
    peer: PeerSocket,
    buffer: &mut [u8],
    length: usize,
) -> Option<Range<usize>> {
    let size = u16::try_from(length).ok()?;
    let padded = length.next_multiple_of(4);
    let mut put = |header: &[u8], end: usize| {
        let start = HEADROOM.checked_sub(header.len())?;
        buffer.get_mut(start..HEADROOM)?.copy_from_slice(header);
        buffer.get_mut(HEADROOM + length..HEADROOM + end)?.fill(0);
        Some(start..HEADROOM + end)
    };
    match framing {
        Framing::ChannelData(channel) => {
            let [a, b] = channel.to_be_bytes();
            let [c, d] = size.to_be_bytes();
            // RFC 8656, section 12.5: padded over streams only.
            put(&[a, b, c, d], if transport == Transport::Tcp { padded } else { length })
        }
        Framing::Indication(number) => {
            let mut id = TransactionId::default();
            id.get_mut(4..)?.copy_from_slice(&number.to_be_bytes());
            let indication = Writer::new(Class::Indication, Method::Data, &id);
            let mut header = indication.put_address(attribute::XOR_PEER_ADDRESS, peer.0).finish(false);
            header.extend(attribute::DATA.to_be_bytes());
            header.extend(size.to_be_bytes());
            let total = u16::try_from(header.len() - message::HEADER + padded).ok()?;
            header.get_mut(2..4)?.copy_from_slice(&total.to_be_bytes());
            put(&header, padded)
        }
    }
}
