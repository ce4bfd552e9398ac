//! Clients, peers and time against one server; see `script.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| halloo_fuzz::script::play(script));
