#!/usr/bin/env bash
# Runs the tests stage by stage, with the time of each, and stops at the first failure. Called by the Makefile.
#
#   scripts/test.sh check   formatting, lints and native tests
#   scripts/test.sh all     everything that must hold before a change lands
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  stage 'formatting' formatting
  stage 'lints, server' cargo clippy --features ssr --all-targets -- -D warnings
  stage 'lints, client' cargo clippy --features hydrate --lib --target wasm32-unknown-unknown -- -D warnings
  stage 'native tests' cargo test --features ssr
  stage 'simulator' simulator
  stage 'corpus' corpus
  if [ "$1" = all ]; then
    stage 'fuzzing' fuzzing
    stage 'documentation' documentation
    stage 'release build' make --no-print-directory build
    stage 'page weight' node scripts/size.mjs
    stage 'interoperability' tests/interop/run.sh
    stage 'TURN server' tests/turn/run.sh
    stage 'other hosts' tests/networks/run.sh reach
    # Only a machine that is for tests has packages installed and removed on it.
    stage 'packaging' tests/packaging/run.sh units numbers proxies ${CI:+package}
    stage 'end to end' end_to_end
  fi
  printf '\nAll stages passed.\n%s%-18s %4d s\n' "$times" 'in all' "$SECONDS"
}

formatting() {
  cargo fmt --check
  cargo fmt --check --manifest-path tests/simulation/Cargo.toml
  cargo fmt --check --manifest-path tests/fuzz/Cargo.toml
}

simulator() {
  cargo clippy --locked --manifest-path tests/simulation/Cargo.toml --target-dir target/simulation --all-targets -- -D warnings
  scripts/simulate.sh
}

# What the fuzzer has found and began with, without libFuzzer.
corpus() {
  cargo clippy --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz -- -D warnings
  cargo clippy --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz --test corpus -- -D warnings
  cargo test --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz
}

# Its programs are not built but for fuzzing: they need a C++ compiler.
fuzzing() {
  cargo clippy --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz --features libfuzzer --bins -- -D warnings
  scripts/fuzz.sh 60
}

documentation() { RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --features ssr; }

end_to_end() { (cd end2end && npx tsc --noEmit && npx playwright test); }

times=

# stage NAME COMMAND...
stage() {
  local time
  # Not local: the trap runs when the function has been left.
  name=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  trap 'printf "\n== %s: failed after %d s\n" "$name" "$((SECONDS - began))" >&2' EXIT
  "$@"
  trap - EXIT
  time=$(printf '%-18s %4d s' "$name" "$((SECONDS - began))")
  printf '== %s\n' "$time"
  times+=$time$'\n'
}

main "$@"
