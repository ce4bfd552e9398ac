//! The cores as the simulator needs them: without the server and the browser around them.

#[path = "../../src/call/mod.rs"]
pub mod call;
#[path = "../../src/hub/mod.rs"]
pub mod hub;
#[path = "../../src/protocol/mod.rs"]
pub mod protocol;
#[path = "../../src/sansio.rs"]
pub mod sansio;
