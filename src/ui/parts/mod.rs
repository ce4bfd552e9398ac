//! Pieces that know nothing of a call.

pub mod announced;
pub mod copy;
pub mod icons;
pub mod late;
