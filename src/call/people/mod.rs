//! The other participants, and what people do together.

mod coming;
pub(crate) mod roster;
pub(crate) mod together;

pub use coming::{Attendance, Change};
