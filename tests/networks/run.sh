#!/usr/bin/env bash
# A call between two hosts through a server on a third.
#
#   tests/networks/run.sh reach                   they reach the server, but not each other: HTTPS and the relay
#   tests/networks/run.sh [--runs N] [CASE...]    their network is cut, changed or bad: how long until there is a picture
#                                                 again, median and worst (docs/RELIABILITY.md); CASE: a part of its name
#
# Needs root, for namespaces and their devices. HALLOO_BIN names the server, by default target/release/halloo.
set -euo pipefail
cd "$(dirname "$0")"

hosts=(server ada bob)

skip() {
  echo "networks: skipped, $1"
  exit 0
}

remove() {
  for host in "${hosts[@]}"; do ip netns del "halloo-$host" 2>/dev/null || true; done
}

[ "$(uname)" = Linux ] || skip 'network namespaces are of Linux'
[ "$(id -u)" = 0 ] || skip 'only root can make network namespaces'
command -v ip >/dev/null || skip 'there is no `ip` here (Debian: apt install iproute2)'
command -v python3 >/dev/null || skip 'there is no python3 here'
[ -c /dev/net/tun ] || skip 'this kernel has no TUN devices'
trap remove EXIT
remove
for host in "${hosts[@]}"; do
  ip netns add "halloo-$host" || skip 'no network namespace can be made here'
done

case "${1:-}" in
  reach) node reach.mjs ;;
  *) node measure.mjs "$@" ;;
esac
