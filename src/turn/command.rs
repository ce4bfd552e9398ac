//! What the core tells its shell to do.

use std::ops::Range;

use super::sockets::{ClientSocket, PeerSocket};

/// What to do about a packet from a client. `R` is the shell's handle of a relayed socket.
#[derive(Debug, PartialEq, Eq)]
pub enum Command<R> {
    /// Silently discard the packet.
    Discard,
    /// Close the stream of this client, which failed to authenticate too often.
    Close,
    /// Send these bytes back to the client.
    Reply(Vec<u8>),
    /// Send part of the packet to a peer.
    SendToPeer {
        /// The socket of the allocation for the peer's address family.
        socket: R,
        /// The peer.
        peer: PeerSocket,
        /// Which bytes of the packet.
        data: Range<usize>,
    },
    /// Send a frame to another client of this server, whose relayed address is the peer.
    SendToClient {
        /// The other client.
        client: ClientSocket,
        /// A Data indication or ChannelData message.
        frame: Vec<u8>,
    },
    /// Open a socket for each of these families, then call
    /// [`TurnServer::handle_allocation_created`](super::TurnServer::handle_allocation_created).
    CreateAllocation(AddressFamilies),
}

/// Address families of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressFamilies {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
}
