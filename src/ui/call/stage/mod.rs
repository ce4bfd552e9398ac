//! The people in a call, as tiles.

pub mod tile;
