#!/usr/bin/env bash
# Hunts for inputs that break the TURN server, guided by the ways that they take through it. Begins with tests/fuzz/corpus/turn; what it
# finds of use stays in target/fuzz. Ends with 1 at the first that breaks something, and says how to try it again.
#
#   scripts/fuzz.sh [SECONDS]         60 if not said
#   scripts/fuzz.sh --grow SECONDS    and takes into the corpus what takes new ways
#   scripts/fuzz.sh FILE              tries one input again
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=tests/fuzz/corpus/turn
found=target/fuzz/found
host=$(rustc -vV | sed -n 's/^host: //p')

# What cargo-fuzz tells the compiler, which is stable; only its address sanitizer is not.
coverage='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters'
coverage+=' -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares'

# Not for the machine's own build scripts: so the target is named.
RUSTFLAGS="--cfg fuzzing $coverage -Ccodegen-units=1" \
  cargo build --quiet --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz --target "$host"
turn=target/fuzz/$host/debug/turn

if [ -f "${1:-}" ]; then exec "$turn" "$1"; fi
grow=
if [ "${1:-}" = --grow ]; then grow=yes && shift; fi
seconds=${1:-60}

rm -rf "$found"
mkdir -p "$found"
log=target/fuzz/log
status=0
"$turn" "$found" "$corpus" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -artifact_prefix=target/fuzz/ \
  >"$log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
  tail -n 60 "$log"
  echo "fuzzing: an input breaks it; again: scripts/fuzz.sh $(ls -t target/fuzz/crash-* target/fuzz/timeout-* target/fuzz/oom-* 2>/dev/null | head -n 1)"
  exit 1
fi
if [ -n "$grow" ]; then
  merged=target/fuzz/merged
  rm -rf "$merged" && mkdir -p "$merged"
  "$turn" -set_cover_merge=1 -max_len=600 "$merged" "$corpus" "$found" >>"$log" 2>&1
  rm -rf "$corpus" && mkdir -p "$corpus"
  cp "$merged"/* "$corpus"/
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
ways=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
echo "fuzzing: $runs inputs in $seconds s, $ways ways through the code, $(find "$corpus" -type f | wc -l) inputs in the corpus; nothing broke"
