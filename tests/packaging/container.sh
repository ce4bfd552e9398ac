#!/usr/bin/env bash
# Builds the image with Docker or Podman and runs it: nothing but its volume can be written, there is no
# capability, pages are served, the state outlives the container, SIGTERM ends it.
#
#   tests/packaging/container.sh [IMAGE]
#
# With an image that is there nothing is built. HALLOO_DOCKER names the command, with its options. By hand:
# the build takes the base images from their registries, and half an hour or so.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=halloo-test-$$
caged=(--read-only --cap-drop ALL --security-opt no-new-privileges --volume "$name:/var/lib/halloo")
docker=()
image=${1:-}

main() {
  read -ra docker <<<"${HALLOO_DOCKER:-$(first_that_works docker podman)}"
  [ "${#docker[@]}" != 0 ] || skip "neither docker nor podman works here (docker info, podman info)"
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  if [ -z "$image" ]; then
    image=halloo
    "${docker[@]}" build --file packaging/Dockerfile --tag "$image" . || fail "it cannot be built"
  fi
  serves
  keeps_its_state
  ends_when_told
  keeps_its_certificate
  say "all passed"
}

serves() {
  start --publish 127.0.0.1::8080 "$image"
  local at
  at=http://$("${docker[@]}" port "$name" 8080/tcp | head -n 1)
  answers "$at/healthz"
  answers "$at/readyz"
  local script
  script=$(ask "$at/" | grep -o '/pkg/halloo[^"]*\.js' | head -n 1) || fail "the page has no script"
  answers "$at$script"
  "${docker[@]}" exec "$name" halloo check-config >/dev/null || fail "check-config"
  "${docker[@]}" exec "$name" halloo doctor || fail "doctor"
  say "it serves, and needs to write nowhere else"
}

keeps_its_state() {
  local inside
  inside=$("${docker[@]}" cp "$name:/var/lib/halloo" - | tar --list --verbose --numeric-owner)
  grep -q '^drwx------ 65532/65532 .*halloo/\?$' <<<"$inside" ||
    fail "others can look into the volume: $inside"
  grep -q '^-rw------- 65532/65532 .*halloo/key$' <<<"$inside" || fail "the key is not in the volume: $inside"
  say "the volume has the key, and nobody else can read it"
}

ends_when_told() {
  local begun=${EPOCHREALTIME/[.,]/} took
  "${docker[@]}" stop "$name" >/dev/null
  took=$(((${EPOCHREALTIME/[.,]/} - begun) / 1000))
  [ "$("${docker[@]}" inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || fail "it does not end well"
  [ "$took" -lt 3000 ] || fail "it took $took ms to end"
  say "it ends well, in $took ms"
}

# Without a network: a container's own addresses change, and with them the certificate.
keeps_its_certificate() {
  local first
  first=$(fingerprint)
  [ -n "$first" ] || fail "there is no certificate"
  [ "$(fingerprint)" = "$first" ] || fail "the next container has another certificate"
  say "the next container has the same certificate"
}

# --- helpers

# start OPTIONS... IMAGE [ARGUMENTS]
start() {
  "${docker[@]}" rm --force "$name" >/dev/null 2>&1 || true
  "${docker[@]}" run --detach --name "$name" "${caged[@]}" "$@" >/dev/null || fail "it does not start"
}

fingerprint() {
  start --network none --hostname halloo "$image" --tls-self-signed --turn-listen off
  local _ said
  for _ in {1..50}; do
    said=$("${docker[@]}" logs "$name" 2>&1 | sed -n 's/.*certificate: SHA-256 //p')
    [ -z "$said" ] || break
    sleep 0.1
  done
  echo "$said"
}

ask() { curl --silent --fail --max-time 5 "$@"; }

# Within ten seconds.
answers() {
  local _
  for _ in {1..100}; do
    if ask --output /dev/null "$1"; then return; fi
    sleep 0.1
  done
  "${docker[@]}" logs "$name" >&2
  fail "$1 does not answer"
}

clean_up() {
  "${docker[@]}" rm --force "$name" >/dev/null 2>&1 || true
  "${docker[@]}" volume rm "$name" >/dev/null 2>&1 || true
}

first_that_works() {
  local tool
  for tool in "$@"; do
    if "$tool" info >/dev/null 2>&1; then echo "$tool"; return; fi
  done
}

say() { printf 'container: %s\n' "$*"; }

skip() {
  say "skipped: $*"
  exit 0
}

fail() {
  printf 'container: failed: %s\n' "$*" >&2
  exit 1
}

main "$@"
