#!/bin/sh
# RUSTC_WRAPPER of scripts/fuzz.sh: instruments this project's own crates, so that libFuzzer sees their
# coverage.
case ${CARGO_PKG_NAME:-} in
  halloo | halloo-fuzz) ;;
  *) exec "$@" ;;
esac
exec "$@" -Cpasses=sancov-module \
  -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares
