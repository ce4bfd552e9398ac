//! Arbitrary bytes as messages and streams; see `parser.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| halloo_fuzz::parser::read(bytes));
