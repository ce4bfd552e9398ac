//! Pieces that know nothing of a call.

pub mod copy;
pub mod icons;
