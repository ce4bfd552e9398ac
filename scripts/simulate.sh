#!/usr/bin/env bash
# Plays schedules with the simulator; see docs/TESTING.md. Arguments go to the test program, such as the name
# of a test.
#
#   HALLOO_SCHEDULES=1000000 HALLOO_SEED=5 scripts/simulate.sh two_people
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo test --locked --manifest-path tests/simulation/Cargo.toml --target-dir target/simulation -- \
  --nocapture "$@"
