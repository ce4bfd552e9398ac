#!/usr/bin/env bash
# Everything that must hold before a change lands, in the order of how fast it fails. Called by `make test`.
#
#   scripts/test.sh          all of it
#   scripts/test.sh check    format, lints and native tests only
set -euo pipefail
cd "$(dirname "$0")/.."

# Runs a stage, says what it is and how long it took.
stage() {
  local name=$1 begin=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '== %s: %d s\n' "$name" $((SECONDS - begin))
}

docs() { RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --lib --features ssr; }

end_to_end() { (cd end2end && npx tsc --noEmit && npx playwright test); }

stage 'format' cargo fmt --check
stage 'lints, server' cargo clippy --features ssr --all-targets -- -D warnings
stage 'lints, client' cargo clippy --features hydrate --lib --target wasm32-unknown-unknown -- -D warnings
stage 'native tests' cargo test --features ssr
if [ "${1:-}" = check ]; then exit; fi
stage 'documentation' docs
stage 'release build' make --no-print-directory build
stage 'page weight' node scripts/size.mjs
stage 'browsers' scripts/setup.sh browsers
stage 'interoperability' tests/interop/run.sh
stage 'end to end' end_to_end
printf '\nAll stages passed in %d s.\n' "$SECONDS"
