#!/usr/bin/env bash
# Builds server and client for production: target/release/halloo. Called by `make build`.
#
# The same sources give the same program, byte by byte, wherever they are built.
set -euo pipefail
cd "$(dirname "$0")/.."

# Paths of this machine are kept out.
remap="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/halloo"
host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUSTFLAGS=$remap"
# To what .cargo/config.toml says of this target cargo adds this.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$remap
# These would do away with it.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
export LEPTOS_HASH_FILES=true

# One thread, so that what each hash table gets of the fixed numbers does not depend on which thread makes it.
fixed=()
if [ "$(uname -s)" = Linux ]; then
  mkdir -p target
  cc -shared -fPIC -O1 -o target/fixed_random.so scripts/fixed_random.c
  fixed=(env "LD_PRELOAD=$PWD/target/fixed_random.so" TOKIO_WORKER_THREADS=1)
fi
${fixed[@]+"${fixed[@]}"} cargo leptos build --release --precompress --frontend-only --split \
  --lib-features hydrate --lib-features split
node scripts/seal.mjs
# So is the time at which a file was compressed (RFC 1952, section 2.3).
find target/site -name '*.gz' \
  -exec sh -c 'printf "\0\0\0\0" | dd of="$0" bs=1 seek=4 conv=notrunc status=none' {} \;
# As `cargo leptos build` does, which would do away with the pages if told `--server-only`.
exec cargo build --locked --release --package=halloo --bin=halloo --no-default-features --features=ssr
