//! Arbitrary text as frames of signaling; see `decoder.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| halloo_fuzz::decoder::read(bytes));
