# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this file
#
# Which versions the tools must have. A version that another file states anyway is read from there.
# To be sourced in the root of the repository.

rust_version=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
cargo_leptos_version=0.3.7
cargo_deb_version=3.8.0
# The CLI writes glue for exactly one version of the library.
wasm_bindgen_version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
# end2end/package-lock.json pins Sass, wasm-opt (package binaryen) and Playwright.
node_major_min=20
