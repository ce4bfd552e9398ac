#!/usr/bin/env bash
# Runs coturn's client against halloo's TURN server by UDP, TCP and TLS, in network namespaces.
#
#   tests/turn/run.sh                                   checks that every packet arrives
#   tests/turn/run.sh --measure [--rounds N] [CASE...]  measures the cost of a packet, here and in coturn.
#                                                       CASE: a part of a name
#
# Needs root, or a system that allows user namespaces. HALLOO_BIN is the server (target/release/halloo).
set -euo pipefail
cd "$(dirname "$0")"

skip() {
  echo "turn: skipped, $1"
  exit 0
}

[ "$(uname)" = Linux ] || skip 'network namespaces need Linux'
for tool in turnutils_uclient turnutils_peer turnserver; do
  command -v "$tool" >/dev/null || skip "$tool is not installed (Debian: apt install coturn)"
done
command -v ip >/dev/null || skip 'ip is not installed (Debian: apt install iproute2)'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
  skip 'python3 >= 3.10 is not installed'
command -v cc >/dev/null || skip 'there is no C compiler (cc)'

unshare=(unshare --net)
[ "$(id -u)" = 0 ] || unshare+=(--user --map-root-user)
"${unshare[@]}" ip link set lo up 2>/dev/null || skip 'network namespaces are not allowed'

# Clients and peer are on one host, the server on another, because it relays to none of its own addresses. A
# namespace and its addresses end with its last process.
# shellcheck disable=SC2016 # the inner shell expands it
PYTHONDONTWRITEBYTECODE=1 exec timeout --kill-after=10 1800 "${unshare[@]}" sh -c '
  ip link set lo up &&
  ip link add name server type veth peer name clients && {
    unshare --net sleep 1900 &
    server=$!
  } &&
  trap "kill $server" EXIT &&
  until [ "$(readlink "/proc/$server/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do :; done &&
  ip link set server netns "$server" &&
  on_server="nsenter --target $server --net" &&
  $on_server ip link set lo up && $on_server ip link set server up && ip link set clients up &&
  $on_server ip address add 10.78.0.1/24 dev server && $on_server ip address add 10.78.0.9/24 dev server &&
  $on_server ip address add fd78::1/64 dev server nodad &&
  for host in 2 $(seq 20 79); do
    ip address add "10.78.0.$host/24" dev clients && ip address add "fd78::$host/64" dev clients nodad || exit
  done &&
  ON_SERVER=$on_server python3 turn.py "$@"' sh "$@"
