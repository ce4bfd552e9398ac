//! A TURN server (RFC 8656, and STUN, RFC 8489) without sockets, a clock or a source of chance.
//!
//! [`crate::server`] owns one, feeds it what comes in from clients and peers, and does what it says. For browsers behind
//! networks that let nothing through but what they themselves have begun. Invariants:
//! - nothing is kept of anybody who has not proven to know a login, but a count of answers;
//! - nothing is sent to a peer that its client has not named, nor to one that the policy forbids;
//! - a packet to or from a peer outside is relayed without being copied and without a look at anything but its own client.
//!
//! Left out, because no browser asks for it: TCP between server and peer (RFC 6062), reservations of ports, ICMP.

mod allocation;
mod credentials;
mod framing;
mod message;
mod policy;
mod requests;
mod server;
mod strangers;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use self::{
    credentials::{Login, Secret},
    framing::Frames,
    message::binding_request,
    policy::Policy,
    server::{Families, HEADROOM, Reaction, Server, Stats},
};
use crate::sansio::Millis;

/// How a client reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream, with or without TLS.
    Tcp,
}

/// A client: its 5-tuple (RFC 8656, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client {
    /// How.
    pub transport: Transport,
    /// From where, as the server sees it.
    pub remote: SocketAddr,
    /// To where.
    pub local: SocketAddr,
}

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct TurnConfig {
    /// Where clients are reached through the server, as others see it; no port.
    pub relay_addresses: Vec<std::net::IpAddr>,
    /// Whom clients may reach.
    pub policy: Policy,
    /// Allocations of one user.
    pub max_per_user: usize,
    /// Allocations of one subscriber: an IPv4 address, or 64 bits of an IPv6 address.
    pub max_per_network: usize,
    /// Allocations in all.
    pub max_allocations: usize,
    /// Datagrams per second to who has shown no login, for each address.
    pub answers_to_strangers: u32,
}

/// Both clocks of the machine.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For deadlines: never goes back.
    pub steady: Millis,
    /// For logins and nonces: seconds since 1970.
    pub unix: u64,
}
