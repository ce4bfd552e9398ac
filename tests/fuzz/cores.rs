//! The TURN server's core as the fuzzer needs it, and what judges it: a second reading of the same RFCs.

#[path = "../../src/sansio.rs"]
pub mod sansio;
#[path = "../../src/turn/mod.rs"]
pub mod turn;

pub mod frames;
pub mod logins;
pub mod model;
pub mod parser;
pub mod reach;
pub mod script;
pub mod seeds;
pub mod stun;
