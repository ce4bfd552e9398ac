#!/usr/bin/env bash
# Installs what is missing and says what it does; what is there is left alone.
#
#   scripts/setup.sh check   the Rust toolchain
#   scripts/setup.sh build   and what the release build needs: cargo-leptos, wasm-bindgen, Sass, wasm-opt
#   scripts/setup.sh fuzz    the Rust toolchain, and a C++ compiler for the fuzzer
#   scripts/setup.sh test    and what the tests need: Chromium, Firefox, certutil, coturn
#   scripts/setup.sh bench   and what measuring the page needs
#   scripts/setup.sh deb     what the release build needs, and cargo-deb
#
# Called by the Makefile, which puts ~/.cargo/bin and end2end/node_modules/.bin on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/versions.sh
. scripts/versions.sh

main() {
  case "${1:-}" in
    check) for_check ;;
    build) for_build ;;
    fuzz) for_fuzz ;;
    test) for_test ;;
    bench) for_bench ;;
    deb) for_deb ;;
    *) fail "usage: scripts/setup.sh check|build|fuzz|test|bench|deb" ;;
  esac
}

for_check() {
  rust
}

for_build() {
  rust
  together cargo_leptos wasm_bindgen 'npm_packages end2end'
}

for_fuzz() {
  rust
  cxx
}

for_test() {
  rust
  cxx
  npm_packages end2end
  together cargo_leptos wasm_bindgen system_packages
  if [ -n "${CI:-}" ] && has dpkg-deb; then cargo_deb; fi
}

# One after the other: apt-get is locked while it runs.
system_packages() {
  browsers
  certificate_tool
  acme_server
  coturn
}

for_bench() {
  for_test
  npm_packages benches/first-frame
}

for_deb() {
  for_build
  cargo_deb
}

# Runs commands side by side; fails if one of them does, after all have ended.
together() {
  local command pid pids=() status=0
  for command in "$@"; do
    # shellcheck disable=SC2086 # a command with its arguments
    $command &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  return "$status"
}

# The pinned toolchain with its parts, by name: rustup may be set not to install anything by itself.
rust() {
  has cc || fail "no C compiler (cc) here; some Rust packages need one (Debian: apt install build-essential)"
  has rustup || fail "no rustup here; https://rustup.rs says how to install it"
  if ! rustup toolchain list | grep -q "^$rust_version-"; then
    say "installing Rust $rust_version (about a minute)"
    rustup toolchain install "$rust_version" --profile minimal --no-self-update \
      -c clippy -c rustfmt -t wasm32-unknown-unknown
  fi
  local installed component
  installed=$(rustup component list --toolchain "$rust_version" --installed)
  for component in clippy rustfmt; do
    if ! grep -q "^$component" <<<"$installed"; then
      say "adding $component to Rust $rust_version (seconds)"
      rustup component add --toolchain "$rust_version" "$component"
    fi
  done
  if ! grep -q '^rust-std-wasm32-unknown-unknown' <<<"$installed"; then
    say "adding WebAssembly to Rust $rust_version (seconds)"
    rustup target add --toolchain "$rust_version" wasm32-unknown-unknown
  fi
}

# libFuzzer is built from its source.
cxx() {
  has c++ || fail "no C++ compiler (c++) here; the fuzzer needs one (Debian: apt install build-essential)"
}

cargo_leptos() {
  [ "$(cargo leptos --version 2>/dev/null)" = "cargo-leptos $cargo_leptos_version" ] ||
    rust_tool cargo-leptos "$cargo_leptos_version" '6 to 12 minutes on 2 cores'
}

wasm_bindgen() {
  [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $wasm_bindgen_version" ] ||
    rust_tool wasm-bindgen-cli "$wasm_bindgen_version" '1 to 2 minutes on 2 cores'
}

cargo_deb() {
  has dpkg-deb || fail "no dpkg here; packages for Debian are made on Debian and its descendants"
  [ "$(cargo deb --version 2>/dev/null)" = "cargo-deb $cargo_deb_version" ] ||
    rust_tool cargo-deb "$cargo_deb_version" 'about a minute on 2 cores'
}

# rust_tool CRATE VERSION TIME: prebuilt where cargo-binstall is installed, otherwise from source.
rust_tool() {
  if has cargo-binstall; then
    say "installing $1 $2 with cargo-binstall"
    if cargo binstall --no-confirm --disable-strategies compile "$1@$2"; then return; fi
  fi
  say "building $1 $2 (once; $3)"
  # Without link-time optimisation: it would take longer than the tool is slower for want of it.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    cargo install "$1@$2" --locked
}

# npm empties node_modules before it installs, so the note lasts as long as what it tells of.
npm_packages() {
  if ! has node || ! has npm; then
    fail "no Node.js with npm here; version $node_major_min or later is needed (https://nodejs.org)"
  fi
  local lock note=$1/node_modules/.installed
  if [ "$(node --print 'parseInt(process.versions.node)')" -lt "$node_major_min" ]; then
    fail "Node.js $node_major_min or later is needed, this is $(node --version)"
  fi
  lock=$(cksum <"$1/package-lock.json")
  if [ "$(cat "$note" 2>/dev/null)" != "$lock" ]; then
    say "installing the npm packages of $1 (seconds)"
    npm ci --prefix "$1" --no-audit --no-fund --ignore-scripts
    echo "$lock" >"$note"
  fi
}

# Installed browsers first, then Playwright's own, then the system's packages.
# shellcheck disable=SC2086 # `missing` is a list
browsers() {
  local missing
  missing=$(missing_browsers)
  [ -n "$missing" ] || return 0
  say "no" $missing "here: Playwright installs what is missing (some minutes)"
  (cd end2end && npx playwright install --with-deps $missing) || say "Playwright could not"
  missing=$(missing_browsers)
  [ -n "$missing" ] || return 0
  say "installing" $missing "with apt-get (some minutes)"
  apt_install $missing || say "apt-get could not"
  missing=$(missing_browsers)
  [ -z "$missing" ] ||
    fail "cannot install" $missing "here: install it, or name it in HALLOO_CHROMIUM or HALLOO_FIREFOX"
}

# Lets a Firefox trust the certificate of a test.
certificate_tool() {
  has certutil && return
  say "installing certutil with apt-get (seconds)"
  apt_install libnss3-tools && has certutil ||
    fail "no certutil here; the tests of HTTPS need it (Debian: libnss3-tools)"
}

# Gives certificates to the tests.
acme_server() {
  has pebble && return
  say "installing Pebble with apt-get (seconds)"
  apt_install pebble && has pebble || say "no Pebble here: the tests of ACME are skipped"
}

# The reference TURN server and its client. Its service is disabled: the tests start servers of their own.
coturn() {
  has turnserver && return
  say "installing coturn with apt-get (seconds)"
  if apt_install coturn && has turnserver; then
    as_root systemctl disable --now coturn 2>/dev/null || true
  else
    say "no coturn here; the tests that need it are skipped (Debian: coturn)"
  fi
}

# Prints the names of those that the tests would not find.
missing_browsers() {
  local found
  found=$(node end2end/browsers.mjs) || true
  [[ $found == *chromium:*firefox:* ]] || fail "end2end/browsers.mjs does not tell which browsers are here"
  sed -n 's/^\([a-z]*\): missing$/\1/p' <<<"$found"
}

# Debian and its descendants differ in names: each is tried.
apt_install() {
  has apt-get || return 1
  as_root true 2>/dev/null || return 1
  local browser package
  as_root apt-get update -qq
  for browser in "$@"; do
    for package in "$browser" "$browser-esr" "$browser-browser"; do
      if as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$package"; then break; fi
    done
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

has() { command -v "$1" >/dev/null; }

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

main "$@"
