//! The core as the fuzzer needs it: without the server around it.

#[path = "../../src/sansio.rs"]
pub mod sansio;
#[path = "../../src/turn/mod.rs"]
pub mod turn;
