#!/usr/bin/env bash
# Measures the server beside a bare WebSocket relay and prints the ratios; see docs/PERFORMANCE.md.
#
#   scripts/bench.sh [--rounds N] [--calls N] [--seconds N] [--seats N] [--paired]
#
# HALLOO_BIN names a server that is already built; otherwise one is built here. Linux only: it reads /proc.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname -s)" != Linux ]; then
  echo "bench: needs Linux, to read CPU time and memory of another process from /proc" >&2
  exit 1
fi

target=$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')

if [ -z "${HALLOO_BIN:-}" ]; then
  echo "bench: building the server (some minutes the first time)" >&2
  cargo build --release --features ssr --bin halloo
  HALLOO_BIN=$target/release/halloo
fi
HALLOO_BIN=$(realpath "$HALLOO_BIN")
echo "bench: building the relay and the load generator" >&2
cargo build --release --locked --manifest-path benches/signaling/Cargo.toml --target-dir "$target/bench"

# Two sockets a call, thousands of calls: raise the soft limit as far as the hard one allows.
ulimit -Sn "$(ulimit -Hn)"
"$target/bench/release/halloo-bench" --halloo "$HALLOO_BIN" --relay "$target/bench/release/relay" "$@"
