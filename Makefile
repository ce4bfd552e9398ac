# Every command of the project. Each installs what it needs and skips what is there; `make` lists them.

.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help run build deb check test bench bench-page bench-mesh soak fuzz pictures layouts settings setup clean FORCE

# The Rust tools come from cargo. Sass, wasm-opt and Playwright come from npm.
export PATH := $(CURDIR)/end2end/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
# Scripts outside the repository rely on target/release/halloo.
unexport CARGO_TARGET_DIR
unexport CARGO_BUILD_TARGET_DIR

HALLOO_SCHEDULES ?= 1000000
FUZZ_SECONDS ?= 600

built := target/release/.built
# With the directories: they change when a file in them is removed.
sources := Cargo.toml Cargo.lock rust-toolchain.toml scripts/build.sh scripts/fixed_random.c scripts/seal.mjs $(shell find .cargo patches src style public)
# `cargo leptos watch` replaces the pages in target/site by its own.
wasm_hash := $(shell sed -n 's/^wasm: //p' target/release/hash.txt 2>/dev/null)
complete := $(and $(wildcard target/release/halloo),$(wildcard target/site/pkg/halloo.$(wasm_hash).wasm.br))

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

run: build ## build if needed, and serve on http://localhost:8080 (ARGS="--help")
	@target/release/halloo $(ARGS)

build: $(built) ## build for production: target/release/halloo and target/site

# The time of the build is when it began, so that what is edited meanwhile counts as newer.
$(built): $(sources) $(if $(complete),,FORCE)
	@scripts/setup.sh build
	@mkdir -p target/release && touch $@.new
	@echo "building server and client for production (some minutes the first time)" >&2
	@scripts/build.sh
	@mv $@.new $@

deb: build ## a Debian package, from what is built: target/debian/halloo_*.deb
	@scripts/setup.sh deb
	@scripts/deb.sh

check: ## formatting, lints, native tests: the short round while developing
	@scripts/setup.sh check
	@scripts/test.sh check

test: ## lints, native tests, fuzzing, documentation, page weight, interoperability, real browsers
	@scripts/setup.sh test
	@scripts/test.sh all

bench: build ## measure the server beside a bare WebSocket relay (ARGS="--rounds 3")
	HALLOO_BIN=target/release/halloo scripts/bench.sh $(ARGS)

bench-page: build ## measure navigation to first remote frame beside the tutorial's page
	@scripts/setup.sh bench
	node benches/first-frame/measure.mjs $(ARGS)

bench-mesh: build ## measure CPU and upload of calls of 4 and 6 beside a plain mesh (ARGS="--people 4 --json")
	@scripts/setup.sh test
	node benches/mesh/measure.mjs $(ARGS)

pictures: build ## the pictures of README and lesson, into docs/
	@scripts/setup.sh test
	node scripts/pictures.mjs
	node scripts/lesson.mjs

layouts: build ## pictures of all layouts, sizes, schemes and languages, into target/layouts
	@scripts/setup.sh test
	node scripts/layouts.mjs $(ARGS)

settings: ## write the files that are made from the table of settings
	@scripts/setup.sh check
	UPDATE_SETTINGS=1 cargo test --quiet --features ssr --test config made_from_the_table

soak: build ## calls of six, a file of 200 MB, and HALLOO_SCHEDULES=1000000 schedules in the simulator
	@scripts/setup.sh test
	cd end2end && HALLOO_SOAK=1 npx playwright test --project=chromium groups files
	HALLOO_SCHEDULES=$(HALLOO_SCHEDULES) scripts/simulate.sh people groups no_loss

fuzz: ## hunt in TURN server, hub and messages with any input, for FUZZ_SECONDS=600
	@scripts/setup.sh fuzz
	scripts/fuzz.sh $(ARGS) $(FUZZ_SECONDS)

setup: ## install what all of these need, nothing else
	@scripts/setup.sh bench

clean: ## remove what was built
	rm -rf target
