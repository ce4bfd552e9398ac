//! Components that do not depend on a call.

pub mod announced;
pub mod copy;
pub mod icons;
pub mod late;
pub mod switch;
