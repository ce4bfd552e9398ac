//! The peer connections: negotiation, and recovery from failures.

pub(crate) mod negotiation;
pub(crate) mod recovery;
