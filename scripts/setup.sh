#!/usr/bin/env bash
# Installs what is missing, says what it does, and skips what is there.
#
#   scripts/setup.sh build     what `make run` and `make build` need
#   scripts/setup.sh browsers  what the end-to-end tests need besides
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/versions.sh
. scripts/versions.sh

main() {
  case "${1:-}" in
    build) rust && npm_packages && cargo_leptos && wasm_bindgen ;;
    browsers) npm_packages && browsers ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
  esac
}

say() { printf 'setup: %s\n' "$*"; }

need() {
  command -v "$1" >/dev/null || { say "$1 is missing: $2"; exit 1; }
}

# The pinned toolchain with its parts. rustup may be set not to install anything by itself.
rust() {
  need rustup "see https://rustup.rs"
  local channel
  channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if ! rustup run "$channel" rustc --version >/dev/null 2>&1; then
    say "installing Rust $channel"
    rustup toolchain install "$channel" --profile minimal --no-self-update
  fi
  local have
  have=$(rustup component list --toolchain "$channel" --installed)
  for part in clippy rustfmt; do
    grep -q "^$part" <<<"$have" || rustup component add --toolchain "$channel" "$part"
  done
  grep -q '^rust-std-wasm32-unknown-unknown' <<<"$have" ||
    rustup target add --toolchain "$channel" wasm32-unknown-unknown
}

cargo_leptos() {
  if [ "$(cargo leptos --version 2>/dev/null | awk '{print $2}')" != "$CARGO_LEPTOS_VERSION" ]; then
    say "installing cargo-leptos $CARGO_LEPTOS_VERSION: once, 11 to 15 minutes on two cores"
    cargo install "cargo-leptos@$CARGO_LEPTOS_VERSION" --locked
  fi
}

# The CLI must be of exactly the version of the library in Cargo.lock.
wasm_bindgen() {
  local wanted
  wanted=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)
  if [ "$(wasm-bindgen --version 2>/dev/null | awk '{print $2}')" != "$wanted" ]; then
    say "installing wasm-bindgen-cli $wanted: once, 2 to 3 minutes"
    cargo install wasm-bindgen-cli --version "$wanted" --locked
  fi
}

# Playwright, and wasm-opt from the package binaryen.
npm_packages() {
  need npm "install Node.js 20 or newer"
  local lock=end2end/package-lock.json stamp=end2end/node_modules/.installed-lock
  if ! cmp -s "$lock" "$stamp"; then
    say "installing npm packages"
    npm ci --prefix end2end --no-audit --no-fund
    cp "$lock" "$stamp"
  fi
}

# Installed browsers first, then Playwright's own, then the system's packages.
browsers() {
  if has_browsers; then return; fi
  say "installing Chromium and Firefox"
  (cd end2end && npx playwright install chromium firefox) || system_browsers
  has_browsers || { say "no Chromium or no Firefox; set HALLOO_CHROMIUM and HALLOO_FIREFOX"; exit 1; }
}

has_browsers() {
  node end2end/browsers.mjs >/dev/null 2>&1
}

system_browsers() {
  say "Playwright's own browsers cannot be had here; trying the system's packages"
  local as_root=""
  if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
  command -v apt-get >/dev/null || { say "no apt-get here: install chromium and firefox by hand"; exit 1; }
  $as_root apt-get update -qq
  $as_root apt-get install -y --no-install-recommends chromium firefox-esr
}

main "$@"
