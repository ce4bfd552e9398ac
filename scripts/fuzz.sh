#!/usr/bin/env bash
# Coverage-guided fuzzing of the cores: TURN server, hub and messages; see docs/TESTING.md.
#
#   scripts/fuzz.sh [SECONDS]          fuzzes with two processes at a time (60 seconds)
#   scripts/fuzz.sh --grow [SECONDS]   adds inputs with new coverage to the corpus
#   scripts/fuzz.sh --build            builds only
#
# HALLOO_SEED is the first seed (1). New inputs are in target/fuzz/found, crashes in target/fuzz/crashes.
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=tests/fuzz/corpus
target=target/fuzz
programs=$target/release
names='server message signaling hub'
seed=${HALLOO_SEED:-1}
# A script has at most 200 steps: one that takes seconds or half a gigabyte is a bug.
options=(-max_len=2048 -timeout=10 -rss_limit_mb=512 -print_final_stats=1 "-artifact_prefix=$target/crashes/")

main() {
  local grow=
  if [ "${1:-}" = --grow ]; then grow=yes && shift; fi
  build
  [ "${1:-}" != --build ] || return 0
  fuzz "${1:-60}"
  [ -z "$grow" ] || grow_corpus
  printf 'corpus: %d files\n' "$(find "$corpus" -type f | wc -l)"
}

build() {
  local name bins=()
  for name in $names; do bins+=(--bin "$name"); done
  RUSTC_WRAPPER=$PWD/tests/fuzz/instrument.sh cargo build --locked --release --features libfuzzer \
    "${bins[@]}" --manifest-path tests/fuzz/Cargo.toml --target-dir "$target"
}

# Each target has a third of the time of one process; the server, which has the most states, twice as much.
fuzz() {
  local third=$((($1 + 2) / 3)) pids=() pid name status=0
  rm -rf "$target/found" "$target/crashes"
  mkdir -p "$target/crashes"
  for name in $names; do mkdir -p "$target/found/$name"; done
  { play server "$seed" "$((2 * third))" && play message "$seed" "$third"; } &
  pids+=($!)
  { play signaling "$seed" "$third" && play hub "$seed" "$third" && play server "$((seed + 1))" "$third"; } &
  pids+=($!)
  trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
  for pid in "${pids[@]}"; do
    wait -n || status=1
    # After one crash the other process is stopped.
    [ "$status" = 0 ] || break
  done
  if [ "$status" != 0 ]; then
    crashes
    exit 1
  fi
  trap - EXIT
}

# play PROGRAM SEED SECONDS
play() {
  local log=$target/$1-$2.log pid
  "$programs/$1" "${options[@]}" "-seed=$2" "-max_total_time=$3" "$target/found/$1" "$corpus/$1" 2>"$log" &
  pid=$!
  # shellcheck disable=SC2064 # this process, not a later one
  trap "kill $pid 2>/dev/null; exit 143" TERM
  if wait "$pid"; then
    awk -v name="$1, seed $2" '
      /^#[0-9]+[ \t]+(INITED|DONE) / {
        for (i = 1; i < NF; i++) value[$i] = $(i + 1)
        if (/INITED/) began = value["cov:"]
      }
      /number_of_executed_units/ { executed = $2 }
      /average_exec_per_sec/ { rate = $2 }
      /new_units_added/ { found = $2 }
      END {
        printf "%s: %d executions, %d per second; ", name, executed, rate
        printf "coverage %d (%d by the corpus), features %d; %d inputs found\n",
          value["cov:"], began, value["ft:"], found
      }' "$log"
  else
    # The assertion, and where it is.
    grep -A 3 -m 1 -E 'panicked at|ERROR: libFuzzer' "$log" >&2 || tail -n 5 "$log" >&2
    return 1
  fi
}

crashes() {
  local path name log
  for path in "$target"/crashes/*; do
    [ -e "$path" ] || continue
    log=$(grep -l "Test unit written to $path" "$target"/*.log | head -n 1)
    name=$(basename "${log%-*.log}")
    printf 'fuzz: %s\nfuzz: again by: %s/%s %s\n' "$path" "$programs" "$name" "$path" >&2
  done
}

# Adds the fewest files with new coverage, not those that only repeat it more often.
grow_corpus() {
  local name
  for name in $names; do
    "$programs/$name" -set_cover_merge=1 -use_counters=0 "${options[@]}" \
      "$corpus/$name" "$target/found/$name" \
      2>"$target/grow-$name.log"
  done
}

main "$@"
