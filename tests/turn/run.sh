#!/usr/bin/env bash
# Coturn's own client against the TURN server inside halloo, by UDP, TCP and TLS, in networks of their own.
#
#   tests/turn/run.sh                                  does every packet arrive?
#   tests/turn/run.sh --measure [--rounds N] [CASE...]  what does a packet cost, here and in coturn? CASE: a part of a name
#
# Needs root, or a system where everybody may make namespaces. HALLOO_BIN names the server, by default target/release/halloo.
set -euo pipefail
cd "$(dirname "$0")"

skip() {
  echo "turn: skipped, $1"
  exit 0
}

[ "$(uname)" = Linux ] || skip 'network namespaces are of Linux'
for tool in turnutils_uclient turnutils_peer turnserver; do
  command -v "$tool" >/dev/null || skip "there is no $tool here (Debian: apt install coturn)"
done
command -v ip >/dev/null || skip 'there is no ip here (Debian: apt install iproute2)'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || skip 'there is no python3 >= 3.10 here'
command -v cc >/dev/null || skip 'there is no C compiler (cc) here'

unshare=(unshare --net)
[ "$(id -u)" = 0 ] || unshare+=(--user --map-root-user)
"${unshare[@]}" ip link set lo up 2>/dev/null || skip 'no network namespace can be made here'

# The clients and their peer on one host, the server on another: it relays to no address of its own. A namespace ends with its
# last process, and the addresses with it.
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
