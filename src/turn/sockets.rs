//! The two sides of an allocation, as types that cannot be swapped.

use std::net::{IpAddr, SocketAddr};

/// How a client reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream, with or without TLS.
    Tcp,
}

/// A client, identified by its 5-tuple (RFC 8656, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientSocket {
    /// The transport protocol.
    pub transport: Transport,
    /// The client's address, as the server sees it (its server-reflexive address).
    pub remote: SocketAddr,
    /// The server's address.
    pub local: SocketAddr,
}

/// The transport address of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerSocket(pub SocketAddr);

impl PeerSocket {
    /// Returns the address without the port, to which permissions apply.
    pub fn ip(self) -> IpAddr {
        self.0.ip()
    }
}

/// The port of a relayed transport address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllocationPort(pub u16);
