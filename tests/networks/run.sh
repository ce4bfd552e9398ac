#!/usr/bin/env bash
# A call between two hosts through a server on a third.
#
#   tests/networks/run.sh [--runs N] [CASE...]
#       while their network is cut, changed or bad: how long until there is a picture again? Prints the median
#       and the worst of several runs, which are in docs/RELIABILITY.md. CASE: a part of the name of a case
#   tests/networks/run.sh reach [FLAG...]
#       while they have no way to each other: do they meet at all? Says what holds; status 1 if something does
#       not. FLAG: for the server
#   tests/networks/run.sh diagnosis
#       while something is broken on purpose: does the connection check say what it is?
#
# Needs root, for namespaces and their devices. HALLOO_BIN names the server, by default target/release/halloo.
set -euo pipefail
cd "$(dirname "$0")"

hosts=(server ada bob)

skip() {
  echo "networks: skipped, $1"
  exit 0
}

# With what still runs there, should a run have been interrupted.
remove() {
  for host in "${hosts[@]}"; do
    [ -e "/run/netns/halloo-$host" ] || continue
    ip netns pids "halloo-$host" | xargs -r kill 2>/dev/null || true
    ip netns del "halloo-$host"
  done
}

[ "$(uname)" = Linux ] || skip 'network namespaces are of Linux'
[ "$(id -u)" = 0 ] || skip 'only root can make network namespaces'
command -v ip >/dev/null || skip 'there is no `ip` here (Debian: apt install iproute2)'
command -v python3 >/dev/null || skip 'there is no python3 here'
[ -c /dev/net/tun ] || skip 'this kernel has no TUN devices'
# The names of the hosts are the whole machine's.
exec 9>/run/halloo-networks.lock
flock 9
trap remove EXIT
remove
for host in "${hosts[@]}"; do
  ip netns add "halloo-$host" || skip 'no network namespace can be made here'
done

if [ "${1:-}" = reach ]; then
  node reach.mjs "${@:2}" 9>&-
elif [ "${1:-}" = diagnosis ]; then
  node diagnosis.mjs 9>&-
else
  node measure.mjs "$@" 9>&-
fi
