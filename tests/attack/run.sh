#!/usr/bin/env bash
# Attacks a halloo in a network namespace while two people have a call through it, and prints what they felt.
#
#   tests/attack/run.sh [NAME...]     every attack, or those with a part of a name; for a quiet machine.
#                                     Fails as well where p99 is more than double and above the noise
#   tests/attack/run.sh --short       a second of each: checks what is no time (nothing lost, nobody else
#                                     refused, memory bounded); a stage of `make test`
#   tests/attack/run.sh --seconds N   the length of an attack (8)
#
# The server has 256 MB of memory. Attackers have the addresses 10.79.0.0/16 and fd79::/16, the people of the
# call 10.78.0.2 and 10.78.0.3. How an attack is added: attack.py.
#
# Needs root, or a system that allows user namespaces. HALLOO_BIN is the server (target/release/halloo).
set -euo pipefail
cd "$(dirname "$0")"

skip() {
  echo "attacks: skipped, $1"
  exit 0
}

[ "$(uname)" = Linux ] || skip 'network namespaces need Linux'
command -v ip >/dev/null || skip 'ip is not installed (Debian: apt install iproute2)'
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
  skip 'python3 >= 3.10 is not installed'

unshare=(unshare --net)
[ "$(id -u)" = 0 ] || unshare+=(--user --map-root-user)
"${unshare[@]}" ip link set lo up 2>/dev/null || skip 'network namespaces are not allowed'

# Attackers and people are on one host, the server on another. A namespace ends with its last process.
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
  $on_server ip address add 10.78.0.1/24 dev server &&
  $on_server ip address add fd78::1/64 dev server nodad &&
  for host in 2 3 4; do
    ip address add "10.78.0.$host/24" dev clients && ip address add "fd78::$host/64" dev clients nodad || exit
  done &&
  $on_server ip route add 10.79.0.0/16 via 10.78.0.2 && $on_server ip route add fd79::/16 via fd78::2 &&
  ip route add local 10.79.0.0/16 dev lo && ip route add local fd79::/16 dev lo &&
  { echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind; } 2>/dev/null &&
  ON_SERVER=$on_server python3 attack.py "$@"' sh "$@"
