#!/usr/bin/env bash
# Runs the tests stage by stage, prints the time of each, stops at the first failure. Called by the Makefile.
#
#   scripts/test.sh check|all
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/browsers.sh
. scripts/browsers.sh

main() {
  stage "formatting" cargo fmt --check
  stage "lints: server" cargo clippy --features ssr --all-targets -- -D warnings
  stage "lints: client" cargo clippy --target wasm32-unknown-unknown --features hydrate --lib -- -D warnings
  stage "native tests" cargo test --features ssr
  if [ "$1" = all ]; then
    RUSTDOCFLAGS=-Dwarnings stage "documentation" cargo doc --no-deps --features ssr
    stage "release build" make --no-print-directory build
    stage "page weight" node scripts/size.mjs
    name_browsers
    stage "interoperability" tests/interop/run.sh
    stage "end to end" end_to_end
  fi
  printf '\nall passed:\n%s' "$summary"
}

summary=

stage() {
  local name=$1 began=$SECONDS line
  shift
  printf '\n== %s\n' "$name"
  trap 'printf "\n== failed: %s, after %s s\n" "$name" "$((SECONDS - began))" >&2' EXIT
  "$@"
  trap - EXIT
  line=$(printf '%-18s %4d s' "$name" "$((SECONDS - began))")
  printf '== %s\n' "$line"
  summary+="  $line"$'\n'
}

# Playwright's own browsers need no name.
name_browsers() {
  local path
  if path=$(installed_browser chromium); then export HALLOO_CHROMIUM=$path; fi
  if path=$(installed_browser firefox); then export HALLOO_FIREFOX=$path; fi
}

end_to_end() { (cd end2end && npx playwright test); }

main "$@"
