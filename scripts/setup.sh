#!/usr/bin/env bash
# Installs what is missing and says what it does; what is there is left alone.
#
#   scripts/setup.sh check   the Rust toolchain
#   scripts/setup.sh build   and what the release build needs: cargo-leptos, wasm-bindgen, wasm-opt
#   scripts/setup.sh test    and what the end-to-end tests need: Chromium and Firefox
#
# Called by the Makefile, which puts ~/.cargo/bin and end2end/node_modules/.bin on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/versions.sh
. scripts/versions.sh
# shellcheck source=scripts/browsers.sh
. scripts/browsers.sh

main() {
  case "${1:-}" in
    check) rust ;;
    build) rust && cargo_leptos && wasm_bindgen && npm_packages ;;
    test) rust && cargo_leptos && wasm_bindgen && npm_packages && browsers ;;
    *) fail "usage: scripts/setup.sh check|build|test" ;;
  esac
}

rust() {
  has cc || fail "no C compiler (cc) here; some Rust packages need one (Debian: apt install build-essential)"
  has rustup || fail "no rustup here; https://rustup.rs says how to install it"
  if ! rustup toolchain list | grep -q "^$rust_version"; then
    say "installing Rust $rust_version (a minute)"
    rustup toolchain install "$rust_version" --profile minimal -c clippy -c rustfmt -t wasm32-unknown-unknown
  fi
  local installed component
  installed=$(rustup component list --toolchain "$rust_version" --installed)
  for component in clippy rustfmt; do
    if ! grep -q "^$component" <<<"$installed"; then
      say "installing $component (seconds)"
      rustup component add --toolchain "$rust_version" "$component"
    fi
  done
  if ! grep -q '^rust-std-wasm32-unknown-unknown' <<<"$installed"; then
    say "installing the standard library for WebAssembly (seconds)"
    rustup target add --toolchain "$rust_version" wasm32-unknown-unknown
  fi
}

cargo_leptos() {
  [ "$(cargo leptos --version 2>/dev/null)" = "cargo-leptos $cargo_leptos_version" ] && return
  say "installing cargo-leptos $cargo_leptos_version from source (once; 11 to 15 minutes on 2 cores)"
  cargo install "cargo-leptos@$cargo_leptos_version" --locked
}

wasm_bindgen() {
  [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $wasm_bindgen_version" ] && return
  say "installing the wasm-bindgen CLI $wasm_bindgen_version from source (once; 2 to 3 minutes on 2 cores)"
  cargo install "wasm-bindgen-cli@$wasm_bindgen_version" --locked
}

npm_packages() {
  if ! has node || ! has npm; then
    fail "no Node.js with npm here; version $node_major_min or later is needed (https://nodejs.org)"
  fi
  local major
  major=$(node --print 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$node_major_min" ] || fail "Node.js $node_major_min or later is needed, this is $(node --version)"
  # npm empties node_modules before it installs, so the note lasts exactly as long as what it tells of.
  local lock note=end2end/node_modules/.installed
  lock=$(cksum <end2end/package-lock.json)
  [ "$(cat "$note" 2>/dev/null)" = "$lock" ] && return
  say "installing the npm packages of end2end/ (half a minute)"
  npm ci --prefix end2end --no-audit --no-fund
  echo "$lock" >"$note"
}

browsers() {
  local missing
  missing=$(missing_browsers)
  [ -z "$missing" ] && return
  say "no$missing here: asking Playwright to install what is missing (some minutes)"
  # shellcheck disable=SC2086 # a list of names
  (cd end2end && npx playwright install --with-deps $missing) || say "Playwright could not"
  missing=$(missing_browsers)
  [ -z "$missing" ] && return
  say "installing$missing with apt-get (some minutes)"
  local name
  for name in $missing; do
    apt_install "$name" || true
  done
  missing=$(missing_browsers)
  [ -z "$missing" ] ||
    fail "cannot install$missing: install it, or name the program in HALLOO_CHROMIUM or HALLOO_FIREFOX"
}

# Debian has firefox-esr, others have firefox.
apt_install() {
  has apt-get || return 1
  local root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    root=(sudo -n)
  fi
  ${root[@]+"${root[@]}"} apt-get update -qq
  local package
  for package in $([ "$1" = firefox ] && echo "firefox-esr firefox" || echo "$1 chromium-browser"); do
    ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" && return
  done
  return 1
}

has() { command -v "$1" >/dev/null; }

say() { echo "setup: $*" >&2; }

fail() {
  say "$@"
  exit 1
}

main "$@"
