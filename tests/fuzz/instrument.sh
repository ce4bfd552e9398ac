#!/bin/sh
# Cargo calls this in place of rustc for this package, not for what it depends on: code that reports what it covers to
# libFuzzer. scripts/fuzz.sh sets it.
exec "$@" -Cpasses=sancov-module \
  -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
