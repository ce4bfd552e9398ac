//! Everything that can come to the TURN server from the network, from several clients, of whom some know a login. An input is
//! a script: each step begins with the byte that says what happens. After each step is looked at what must always hold.
#![no_main]

mod play;
mod wire;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| play::play(script));
