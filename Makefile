# The commands of the README. Each installs what it needs and skips what is there.

# The binary's place is part of the contract, and wasm-opt comes from an npm package.
unexport CARGO_TARGET_DIR
export PATH := $(CURDIR)/end2end/node_modules/.bin:$(PATH)

SCHEDULES ?= 1000000
BINARY := target/release/halloo
SOURCES := $(shell find src style public -type f) Cargo.toml Cargo.lock rust-toolchain.toml

.PHONY: help run build test check bench bench-page soak setup clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

run: $(BINARY) ## build if needed, and serve on http://localhost:8080
	./$(BINARY)

build: $(BINARY) ## build target/release/halloo and target/site

$(BINARY): $(SOURCES)
	@scripts/setup.sh build
	cargo leptos build --release --precompress
	@touch $@

test: ## lints, native tests, page weight, interoperability, end-to-end in real browsers
	@scripts/setup.sh build
	scripts/test.sh

check: ## the fast part of the tests: format, lints, native tests
	@scripts/setup.sh build
	scripts/test.sh check

bench: ## measure the server beside a bare WebSocket relay
	scripts/bench.sh

bench-page: $(BINARY) ## measure navigation to first remote frame beside the tutorial's page
	npm ci --prefix benches/first-frame --no-audit --no-fund
	node benches/first-frame/measure.mjs

soak: ## hunt with the simulator through SCHEDULES=1000000 schedules
	HALLOO_SCHEDULES=$(SCHEDULES) cargo test --release --features ssr --test simulation -- --nocapture

setup: ## install what is missing, nothing else
	@scripts/setup.sh build
	@scripts/setup.sh browsers

clean: ## remove what was built
	cargo clean
