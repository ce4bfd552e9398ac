#!/usr/bin/env bash
# Boots a Debian with its systemd in namespaces of this machine, installs the package there and uses the real
# units: the program starts in its cage and says that it is ready, a restart refuses nobody, a connection
# starts what was stopped.
#
#   tests/packaging/boot.sh
#
# Needs root, debootstrap, dpkg-deb and cargo-deb; the first time also a mirror of Debian (HALLOO_MIRROR) and
# some minutes. By hand: run.sh does without.
set -euo pipefail
cd "$(dirname "$0")/../.."

base=$PWD/target/packaging/debian
scratch=$PWD/target/packaging/boot
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
units=(halloo.socket halloo-http.socket halloo.service)
container=
system=

main() {
  local tool deb
  [ "$(id -u)" = 0 ] || skip "only root can boot a system"
  for tool in debootstrap unshare nsenter dpkg-deb; do has "$tool" || skip "there is no $tool here"; done
  cargo deb --version >/dev/null 2>&1 || skip "there is no cargo-deb here (scripts/setup.sh deb)"
  deb=$(scripts/deb.sh | tail -n 1)
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  make_base
  boot "$deb"
  install_package
  serves
  restarts
  starts_when_asked
  inside dpkg --purge halloo >/dev/null 2>&1 || fail "it cannot be purged"
  say "all passed"
}

make_base() {
  [ ! -e "$base/complete" ] || return 0
  say "getting a Debian $suite (some minutes, once)"
  rm -rf "$base"
  mkdir -p "$base"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,curl "$suite" "$base/root" \
    "${HALLOO_MIRROR:-http://deb.debian.org/debian}" >"$base/log" 2>&1 ||
    { tail "$base/log" >&2; fail "debootstrap"; }
  touch "$base/complete"
}

# In a copy that is thrown away.
boot() {
  rm -rf "$scratch"
  mkdir -p "$scratch"
  cp -a --reflink=auto "$base/root" "$scratch/root"
  cp "$1" "$scratch/root/root/halloo.deb"
  # shellcheck disable=SC2016 # it is for the shell inside
  unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child bash -ec '
    mount --make-rprivate /
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount -t tmpfs tmpfs run
    mount -t tmpfs tmpfs dev
    for device in null zero full random urandom tty; do
      touch "dev/$device"
      mount --bind "/dev/$device" "dev/$device"
    done
    mkdir dev/pts dev/shm
    mount -t devpts devpts dev/pts -o newinstance
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    ip link set lo up
    mount --move . /
    container=halloo exec chroot . /lib/systemd/systemd --log-target=journal
  ' bash "$scratch/root" </dev/null >"$scratch/log" 2>&1 &
  container=$!
  local _ state
  for _ in {1..300}; do
    system=$(pgrep -P "$container" || true)
    state=$(inside systemctl is-system-running 2>/dev/null || true)
    case "$state" in running | degraded) say "a Debian $suite is up"; return ;; esac
    sleep 0.1
  done
  cat "$scratch/log" >&2
  fail "it does not come up: ${state:-no systemd}"
}

install_package() {
  inside dpkg --install /root/halloo.deb >"$scratch/dpkg" 2>&1 ||
    { cat "$scratch/dpkg" >&2; fail "dpkg could not install it"; }
  local unit
  for unit in "${units[@]}"; do
    if inside systemctl --quiet is-enabled "$unit" || inside systemctl --quiet is-active "$unit"; then
      fail "$unit is on before anybody asked for it"
    fi
  done
  if ! inside halloo --help | grep -q -e --metrics-listen; then
    skip "this program knows nothing of systemd: too old"
  fi
}

serves() {
  inside systemctl --quiet enable --now "${units[@]}" || { journal >&2; fail "the units do not start"; }
  answers https://localhost/healthz
  answers https://localhost/readyz
  [ "$(ask --output /dev/null --write-out '%{http_code}' http://localhost/)" = 308 ] ||
    fail "plain HTTP is not sent to HTTPS"
  [ "$(inside stat --format '%U %a' /var/lib/halloo/key)" = 'halloo 600' ] || fail "others can read the key"
  if has node; then
    nsenter --target "$system" --net node tests/packaging/signal.mjs https://127.0.0.1 localhost misbehave
  fi
  say "the service says that it is ready, and serves at 443 and 80 without a right of its own"
}

restarts() {
  local before
  before=$(main_pid)
  inside bash -c 'for _ in {1..400}; do
    curl --silent --insecure --max-time 5 --output /dev/null https://localhost/healthz || echo "$?"
  done' >"$scratch/failures" &
  local asking=$!
  sleep 0.3
  inside systemctl restart halloo.service
  sleep 0.3
  # A new version of the package.
  inside dpkg --install /root/halloo.deb >/dev/null 2>&1
  wait "$asking"
  [ "$(main_pid)" != "$before" ] || fail "it was not started anew"
  [ "$(inside systemctl is-active "${units[@]}" | sort -u)" = active ] || fail "a unit is off after an update"
  if grep -qx 7 "$scratch/failures"; then fail "a restart refused connections"; fi
  say "two restarts under way of 400 requests: none refused, $(wc -l <"$scratch/failures") unanswered"
}

starts_when_asked() {
  inside systemctl stop halloo.service 2>/dev/null
  [ "$(inside systemctl show --property=Result --value halloo.service)" = success ] ||
    { journal >&2; fail "it did not end well"; }
  answers https://localhost/healthz
  inside systemctl --quiet is-active halloo.service || fail "a connection did not start it"
  say "stopped well, and a connection starts it"
}

# --- helpers

inside() {
  timeout 60 nsenter --target "$system" --all --root --wd \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

ask() { inside curl --silent --insecure --max-time 10 "$@"; }

answers() { ask --fail --output /dev/null "$1" || { journal >&2; fail "$1 does not answer"; }; }

journal() { inside journalctl --no-pager --lines 20 --unit halloo.service || true; }

main_pid() { inside systemctl show --property=MainPID --value halloo.service; }

clean_up() {
  if [ -n "$container" ]; then
    # It passes no gentler signal on, and takes everything inside along.
    kill -KILL "$container" 2>/dev/null || true
    wait "$container" 2>/dev/null || true
  fi
  rm -rf "$scratch"
}

has() { command -v "$1" >/dev/null; }

say() { printf 'boot: %s\n' "$*"; }

skip() {
  say "skipped: $*"
  exit 0
}

fail() {
  printf 'boot: failed: %s\n' "$*" >&2
  exit 1
}

main "$@"
