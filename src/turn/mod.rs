//! A TURN server (RFC 8656) that also answers STUN Binding requests (RFC 8489). It opens no socket, reads no
//! clock and draws no random numbers. [`crate::server`] owns one [`TurnServer`], passes in what clients and
//! peers send, and carries out the [`Command`]s.
//!
//! A core usually has three calls (see [`crate::sansio`]). This one departs from them: a packet leads to at
//! most one packet, so [`TurnServer::handle_client_input`] and [`TurnServer::handle_peer_traffic`] return
//! what to do instead of queueing an effect. Relaying a packet then needs neither a queue nor a copy.
//!
//! Invariants:
//! - No state is kept for unauthenticated clients, except counters of fixed size.
//! - What one user or network has and asks for is limited, so that it leaves enough for others.
//! - Nothing is sent to a peer without a permission that its client has requested and the policy allows.
//! - Relaying a packet touches only the allocation of its client.
//!
//! Not implemented, because browsers do not use them: TCP allocations (RFC 6062), port reservation
//! (EVEN-PORT, RESERVATION-TOKEN), DONT-FRAGMENT and ICMP (RFC 8656, sections 11.5 and 11.6).

mod allocation;
mod authentication;
mod bandwidth;
mod command;
mod config;
mod credentials;
mod framing;
mod known;
pub mod message;
mod policy;
mod relaying;
mod requests;
mod server;
mod sockets;
mod stats;
mod unauthenticated;
mod users;

#[cfg(test)]
mod tests;

pub use self::{
    command::{AddressFamilies, Command},
    config::{Now, TurnConfig},
    credentials::{Login, Secret},
    framing::FrameDecoder,
    message::{binding_request, is_turn_request},
    policy::Policy,
    relaying::HEADROOM,
    server::TurnServer,
    sockets::{AllocationPort, ClientSocket, PeerSocket, Transport},
    stats::{Refusal, Stats},
};
