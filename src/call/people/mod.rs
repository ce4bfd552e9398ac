//! The other participants.

mod coming;
pub(crate) mod roster;

pub use coming::{Attendance, Change};
