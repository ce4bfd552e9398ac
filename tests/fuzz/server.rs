//! Scripts of clients, peers and time with one server; see `script.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| halloo_fuzz::script::play(script));
