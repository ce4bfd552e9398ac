#!/usr/bin/env bash
# Runs the tests stage by stage and stops at the first failure. Called by the Makefile.
#
#   scripts/test.sh check   formatting, lints and native tests
#   scripts/test.sh all     everything that must hold before a change lands
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  case "${1:-}" in
    check)
      sources
      native
      ;;
    all)
      # In a fresh clone everything is built once. What cargo keeps for the next time takes half of the space.
      [ -d target/debug/incremental ] || export CARGO_INCREMENTAL=0
      # An optimising build leaves a core idle now and then, so the release is built beside the native tests.
      # Real browsers and time limits need the machine for themselves: what has them comes after.
      sources
      beside release
      native
      stage 'documentation' documentation
      stage 'fuzzing' fuzzing
      join_lane release
      stage 'interoperability' tests/interop/run.sh
      stage 'TURN server' tests/turn/run.sh
      stage 'attacks' tests/attack/run.sh --short
      stage 'other hosts' tests/networks/run.sh reach
      stage 'connection check' tests/networks/run.sh diagnosis
      # Only a machine that is for tests has packages installed and removed on it.
      stage 'packaging' tests/packaging/run.sh units numbers proxies container ${CI:+package}
      stage 'end to end' end_to_end
      ;;
    *)
      echo "usage: scripts/test.sh check|all" >&2
      exit 2
      ;;
  esac
  printf '\nAll stages passed.\n'
  cat "$lanes"/*.times
  printf '%-18s %4d s\n' 'in all' "$SECONDS"
}

sources() {
  stage 'formatting' formatting
}

native() {
  stage 'lints, server' cargo clippy --features ssr --all-targets -- -D warnings
  stage 'lints, client' cargo clippy --features hydrate --lib --target wasm32-unknown-unknown -- -D warnings
  stage 'lints, cores' cargo clippy --features cores --lib -- -D warnings
  stage 'native tests' cargo test --features ssr
  stage 'simulator' simulator
  stage 'corpus' corpus
}

release() {
  stage 'release build' make --no-print-directory build
  stage 'page weight' node scripts/size.mjs
}

formatting() {
  cargo fmt --check
  cargo fmt --check --manifest-path tests/simulation/Cargo.toml
  cargo fmt --check --manifest-path tests/fuzz/Cargo.toml
  scripts/columns.sh
}

simulator() {
  lints simulation --all-targets
  scripts/simulate.sh
}

# What the fuzzer has found and began with, without libFuzzer.
corpus() {
  lints fuzz
  lints fuzz --test corpus
  cargo test --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz
}

# Its programs are not built but for fuzzing: they need a C++ compiler.
fuzzing() {
  lints fuzz --features libfuzzer --bins
  scripts/fuzz.sh 20
}

# lints PACKAGE FLAG...
lints() {
  cargo clippy --locked --manifest-path "tests/$1/Cargo.toml" --target-dir "target/$1" "${@:2}" -- -D warnings
}

documentation() { RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --features ssr; }

end_to_end() { (cd end2end && npx tsc --noEmit && npx playwright test); }

lanes=$(mktemp -d)
lane=main beside=
trap finish EXIT

# beside LANE: runs the function of this name beside what follows, its output kept until it is joined.
beside() {
  # A process group of its own, so that all of it can be ended.
  set -m
  (
    lane=$1
    "$1"
  ) >"$lanes/$1.log" 2>&1 &
  set +m
  beside=$!
}

join_lane() {
  local status=0
  wait "$beside" || status=$?
  beside=
  cat "$lanes/$1.log"
  [ "$status" = 0 ] || exit "$status"
}

# stage NAME COMMAND...
stage() {
  local time
  # Not local: the trap runs when the function has been left.
  name=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  trap 'printf "\n== %s: failed after %d s\n" "$name" "$((SECONDS - began))" >&2; finish' EXIT
  "$@"
  trap finish EXIT
  time=$(printf '%-18s %4d s' "$name" "$((SECONDS - began))")
  printf '== %s\n' "$time"
  echo "$time" >>"$lanes/$lane.times"
}

finish() {
  [ "$lane" = main ] || return 0
  [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null || true
  rm -rf "$lanes"
}

main "$@"
