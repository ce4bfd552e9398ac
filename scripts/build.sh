#!/usr/bin/env bash
# Builds server and client for production: target/release/halloo. Called by `make build`.
#
# Paths of this machine are kept out, so the same sources give the same program wherever they are built.
set -euo pipefail
cd "$(dirname "$0")/.."

remap="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/halloo"
host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUSTFLAGS=$remap"
# To what .cargo/config.toml says of this target cargo adds this.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$remap

LEPTOS_HASH_FILES=true exec cargo leptos build --release --precompress
