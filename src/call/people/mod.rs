//! The other participants.

pub(crate) mod roster;
