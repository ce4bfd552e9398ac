# The versions of everything that the set-up installs. The Rust toolchain's is in rust-toolchain.toml, those of npm
# packages in end2end/package.json.
# shellcheck shell=bash disable=SC2034
CARGO_LEPTOS_VERSION=0.3.7
