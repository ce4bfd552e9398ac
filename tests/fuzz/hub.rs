//! Scripts of sockets, time and restarts with one hub; see `hub_script.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| halloo_fuzz::hub_script::play(script));
