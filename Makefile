# Every command of the project; `make` lists them.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help run build check test bench soak FORCE

# wasm-opt and playwright come from npm, the Rust tools from cargo.
export PATH := $(CURDIR)/end2end/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
# Others rely on target/release/halloo.
unexport CARGO_TARGET_DIR
unexport CARGO_BUILD_TARGET_DIR

built := target/release/.built
# Directories are in the list too: a file that is removed changes them.
sources := $(shell find Cargo.toml Cargo.lock rust-toolchain.toml src style public)
# `cargo leptos watch` puts its own pages into target/site.
wasm_hash := $(shell sed -n 's/^wasm: //p' target/release/hash.txt 2>/dev/null)
complete := $(and $(wildcard target/release/halloo),$(wildcard target/site/pkg/halloo.$(wasm_hash).wasm.br))

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

run: build ## install what is missing, build for production, serve http://localhost:8080 (ARGS="--help")
	@target/release/halloo $(ARGS)

build: $(built) ## install what is missing, build for production: target/release/halloo and target/site

# The time of the build is the time at which it began, so that what is edited meanwhile counts as newer.
$(built): $(sources) $(if $(complete),,FORCE)
	@scripts/setup.sh build
	@mkdir -p target/release && touch $@.new
	@echo "building the server and the client for production" >&2
	cargo leptos build --release --precompress
	@mv $@.new $@

check: ## formatting, lints, native tests: the short round while developing
	@scripts/setup.sh check
	@scripts/test.sh check

test: ## everything: lints, native tests, documentation, page weight, interoperability, real browsers
	@scripts/setup.sh test
	@scripts/test.sh all

bench: build ## measure the server beside a bare WebSocket relay (ARGS="--rounds 3")
	@HALLOO_BIN=target/release/halloo scripts/bench.sh $(ARGS)

soak: ## simulate a million calls over bad networks
	@scripts/setup.sh check
	HALLOO_SCHEDULES=$${HALLOO_SCHEDULES:-1000000} cargo test --release --features ssr --test simulation
