#!/usr/bin/env bash
# Checks what is in packaging/: units, the Debian package, proxies, alerts, the dashboard.
#
#   tests/packaging/run.sh [units|package|proxies|numbers|container]...
#
# HALLOO_BIN names the server, by default target/release/halloo; the package is always made from that one.
# Each part says what it skips, and why. As root, on a machine without halloo, the package is installed and
# purged again.
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$(realpath "${HALLOO_BIN:-target/release/halloo}")
units=(halloo.service halloo.socket halloo-http.socket)
as_service=(env STATE_DIRECTORY=/var/lib/halloo
  setpriv --reuid=halloo --regid=halloo --clear-groups --no-new-privs --bounding-set=-all)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/halloo-packaging-XXXXXX")
started=()
purge=
was_there=

main() {
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  chmod 755 "$scratch"
  [ -x "$binary" ] || fail "there is no $binary; \`make build\` makes it"
  local part
  [ $# != 0 ] || set -- units package proxies numbers container
  for part in "$@"; do
    case "$part" in
      units | package | proxies | numbers | container) "$part" ;;
      *) fail "usage: tests/packaging/run.sh [units|package|proxies|numbers|container]..." ;;
    esac
  done
  say "all passed"
}

# --- parts

units() {
  if ! has systemd-analyze; then skip "units: there is no systemd-analyze here"; return; fi
  # As they are, but for the program and its user, which are not installed.
  mkdir -p "$scratch/units"
  local unit
  for unit in "${units[@]}"; do
    sed "s#/usr/bin/halloo#$binary#; /^Documentation=/d; s/^User=.*/User=root/; s/^Group=.*/Group=root/" \
      "packaging/systemd/$unit" >"$scratch/units/$unit"
  done
  verify "${units[@]/#/$scratch/units/}"
  local exposure
  exposure=$(systemd-analyze security --offline=true packaging/systemd/halloo.service |
    sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
  say "units: exposure of halloo.service $exposure"
  awk "BEGIN { exit !(${exposure:-10} <= 2.0) }" ||
    fail "units: exposure above 2.0: systemd-analyze security says why"
}

package() {
  if ! has dpkg-deb || ! cargo deb --version >/dev/null 2>&1; then
    skip "package: there is no dpkg-deb or no cargo-deb here (scripts/setup.sh deb)"
    return
  fi
  [ "$binary" = "$(realpath target/release/halloo)" ] ||
    { skip "package: it is made of target/release/halloo only"; return; }
  local deb path
  deb=$(scripts/deb.sh | tail -n 1)
  dpkg-deb --contents "$deb" >"$scratch/contents"
  for path in usr/bin/halloo etc/halloo/halloo.toml usr/share/man/man1/halloo.1.gz \
    usr/lib/sysusers.d/halloo.conf usr/share/bash-completion/completions/halloo \
    usr/share/doc/halloo/copyright "${units[@]/#/usr/lib/systemd/system/}"; do
    grep -q " \./$path\$" "$scratch/contents" || fail "package: $path is not in it"
  done
  dpkg-deb --info "$deb" conffiles | grep -qx /etc/halloo/halloo.toml ||
    fail "package: the settings are no conffile"
  say "package: $(basename "$deb"), $(du -h "$deb" | cut -f 1)"
  if has lintian; then
    # shellcheck disable=SC2046 # root has to say that it means it
    lintian $([ "$(id -u)" != 0 ] || echo --allow-root) --fail-on error,warning "$deb" ||
      fail "package: lintian complains"
  else
    skip "package: there is no lintian here"
  fi
  install_and_run "$deb"
}

install_and_run() {
  if [ "$(id -u)" != 0 ]; then skip "package: it is installed by root only"; return; fi
  if dpkg-query --show halloo >/dev/null 2>&1 || [ -e /etc/halloo ] ||
    [ -e /var/lib/halloo ] || [ -e /usr/bin/halloo ]; then
    skip "package: there is a halloo on this machine, or what is left of one"
    return
  fi
  was_there=$(getent passwd halloo || true)
  purge=yes
  dpkg --install "$1" >"$scratch/dpkg.log" 2>&1 ||
    { cat "$scratch/dpkg.log" >&2; fail "package: dpkg could not install it"; }
  [ "$(stat -c '%U:%G %a' /etc/halloo/halloo.toml)" = 'root:halloo 640' ] ||
    fail "package: others can read the settings"
  [ "$(stat -c '%U:%G %a' /var/lib/halloo)" = 'halloo:halloo 700' ] ||
    fail "package: others can read the state"
  if has systemd-analyze; then
    SYSTEMD_UNIT_PATH=$(dirname "$(dpkg -L halloo | grep '/halloo.service$')"): verify "${units[@]}"
  fi
  if has man; then
    [ -z "$(man --warnings --local-file /usr/share/man/man1/halloo.1.gz 2>&1 >/dev/null)" ] ||
      fail "package: the manual page"
  fi
  bash -n /usr/share/bash-completion/completions/halloo
  "${as_service[@]}" halloo --config /etc/halloo/halloo.toml check-config >/dev/null ||
    fail "package: the settings as they come"
  say "package: installed; settings, state, units and manual page are as they should be"
  as_systemd_would
  dpkg --purge halloo >"$scratch/dpkg.log" 2>&1 ||
    { cat "$scratch/dpkg.log" >&2; fail "package: dpkg could not purge it"; }
  purge=
  local left
  for left in /etc/halloo /var/lib/halloo /usr/bin/halloo; do
    [ ! -e "$left" ] || fail "package: $left is left behind"
  done
  [ -n "$was_there" ] || forget_user
  say "package: purged; nothing is left"
}

# Its command, its user, its directory; the sockets from outside; what it tells systemd is written down.
as_systemd_would() {
  local command
  read -ra command < <(sed -n 's/^ExecStart=//p' packaging/systemd/halloo.service)
  if ! has setpriv; then skip "package: there is no setpriv here to run it as its user"; return; fi
  local own pages http
  own=$(free_port) pages=$(free_port) http=$(free_port)
  if ! has systemd-socket-activate || ! has python3 || ! knows --metrics-listen; then
    skip "package: sockets from systemd: no systemd-socket-activate, no python3, or a program from before"
    in_background "${as_service[@]}" env HALLOO_LISTEN="127.0.0.1:$own" HALLOO_HTTP_LISTEN="127.0.0.1:$http" \
      HALLOO_TURN_LISTEN=off "${command[@]}"
    answers "https://127.0.0.1:$own/healthz"
    say "package: runs as its user and answers /healthz"
    stop_started
    return
  fi
  mkdir "$scratch/notify"
  chmod 777 "$scratch/notify"
  in_background python3 -c '
import os, socket, sys
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o777)
while True: print(told.recv(4096).decode(), flush=True)
' "$scratch/notify/socket"
  until [ -S "$scratch/notify/socket" ]; do sleep 0.1; done
  # In the order in which systemd was seen to give them.
  in_background "${as_service[@]}" systemd-socket-activate \
    --listen="127.0.0.1:$http" --listen="127.0.0.1:$pages" \
    --fdname=http:pages --setenv=NOTIFY_SOCKET="$scratch/notify/socket" --setenv=STATE_DIRECTORY \
    --setenv=HALLOO_TURN_LISTEN=off "${command[@]}"
  answers "https://127.0.0.1:$pages/healthz"
  answers "https://127.0.0.1:$pages/readyz"
  [ "$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$http/")" = 308 ] ||
    fail "package: plain HTTP is not sent to HTTPS"
  told READY=1
  kill -TERM "${started[-1]}"
  told STOPPING=1
  say "package: takes its sockets by name, says READY=1 and STOPPING=1"
  stop_started
}

proxies() {
  if ! has node; then skip "proxies: there is no Node.js here"; return; fi
  local port
  port=$(free_port)
  in_background "$binary" --config /dev/null --listen "127.0.0.1:$port" \
    --heartbeat-ms 1000 --turn-listen off --key-file "$scratch/key"
  answers "http://127.0.0.1:$port/healthz"
  through_nginx "$port"
  through_caddy "$port"
  stop_started
}

through_nginx() {
  if ! has nginx || ! has openssl; then skip "proxies: there is no nginx or no openssl here"; return; fi
  local plain secure at=$scratch/nginx
  plain=$(free_port) secure=$(free_port)
  mkdir "$at"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=call.example.org \
    -keyout "$at/key.pem" -out "$at/cert.pem" 2>/dev/null
  sed "s/listen 80;/listen 127.0.0.1:$plain;/; s/listen 443 ssl;/listen 127.0.0.1:$secure ssl;/
    /listen \[::\]/d
    s#/etc/letsencrypt/.*/fullchain.pem#$at/cert.pem#
    s#/etc/letsencrypt/.*/privkey.pem#$at/key.pem#
    s/127.0.0.1:8080/127.0.0.1:$1/
    s#/var/log/nginx/error.log#$at/error.log#" packaging/nginx.conf >"$at/site.conf"
  cat >"$at/nginx.conf" <<END
pid $at/pid;
daemon off;
$([ "$(id -u)" != 0 ] || echo 'user root;')
error_log $at/error.log;
events {}
http {
    access_log $at/access.log;
    client_body_temp_path $at/1; proxy_temp_path $at/2; fastcgi_temp_path $at/3;
    uwsgi_temp_path $at/4; scgi_temp_path $at/5;
    include $at/site.conf;
}
END
  nginx -q -t -e "$at/error.log" -c "$at/nginx.conf" || fail "proxies: nginx cannot use packaging/nginx.conf"
  in_background nginx -e "$at/error.log" -c "$at/nginx.conf"
  answers "https://127.0.0.1:$secure/healthz"
  node tests/packaging/signal.mjs "https://127.0.0.1:$secure" call.example.org
  [ ! -s "$at/access.log" ] || fail "proxies: nginx writes names of rooms into a log"
}

through_caddy() {
  if ! has caddy; then skip "proxies: there is no caddy here"; return; fi
  local plain secure at=$scratch/caddy
  plain=$(free_port) secure=$(free_port)
  mkdir "$at"
  {
    printf '{\n\tadmin off\n\tskip_install_trust\n\thttp_port %s\n\thttps_port %s\n' "$plain" "$secure"
    # Its own options follow.
    sed "0,/^{$/d; s/# tls internal/tls internal/; s/127.0.0.1:8080/127.0.0.1:$1/" packaging/Caddyfile
  } >"$at/Caddyfile"
  in_background env XDG_DATA_HOME="$at" XDG_CONFIG_HOME="$at" \
    caddy run --adapter caddyfile --config "$at/Caddyfile"
  answers "https://call.example.org:$secure/healthz" --connect-to "call.example.org:$secure:127.0.0.1:$secure"
  node tests/packaging/signal.mjs "https://127.0.0.1:$secure" call.example.org
}

numbers() {
  if has promtool; then
    if ! {
      promtool check config packaging/prometheus.yml &&
        promtool test rules tests/packaging/alerts_test.yml
    } >"$scratch/promtool" 2>&1; then
      cat "$scratch/promtool" >&2
      fail "numbers: promtool complains"
    fi
    say "numbers: alerts fire when they should"
  else
    skip "numbers: there is no promtool here"
  fi
  if ! has jq; then skip "numbers: there is no jq here"; return; fi
  local board=packaging/grafana/halloo.json
  jq -e '.schemaVersion >= 39 and ([.panels[].id] | length == (unique | length))
    and any(.templating.list[]; .type == "datasource")
    and all(.panels[] | select(.type != "row");
      .datasource.uid == "${datasource}" and (.targets | length > 0))' "$board" >/dev/null ||
    fail "numbers: the dashboard has a panel without data source, or none of its own number"
  if has promtool; then
    jq '{groups: [{name: "dashboard", rules: [.panels[].targets[]?.expr | gsub("\\$__rate_interval"; "5m")
      | {record: "dashboard", expr: .}]}]}' "$board" >"$scratch/dashboard.yml"
    promtool check rules --lint=none "$scratch/dashboard.yml" >/dev/null ||
      fail "numbers: a query of the dashboard is none"
    say "numbers: every query of the dashboard can be read"
  fi
  if ! knows --metrics-listen; then skip "numbers: this program has no metrics"; return; fi
  local pages numbers metric missing='' missing_too=none
  pages=$(free_port) numbers=$(free_port)
  in_background env STATE_DIRECTORY="$scratch" "$binary" --config /dev/null \
    --tls-self-signed --listen "127.0.0.1:$pages" --metrics-listen "127.0.0.1:$numbers" --heartbeat-ms 1000
  answers "http://127.0.0.1:$numbers/metrics"
  # What never happened is not told.
  if has node; then
    node tests/packaging/signal.mjs "https://127.0.0.1:$pages" localhost misbehave
  else
    skip "numbers: refusals and closed connections: there is no Node.js here to cause them"
    missing_too='halloo_refusals_total|halloo_closes_total'
  fi
  curl --silent "http://127.0.0.1:$numbers/metrics" >"$scratch/metrics"
  while read -r metric; do
    grep -qE "^(# TYPE )?${metric}[ {]|^# TYPE ${metric%_bucket} histogram" "$scratch/metrics" ||
      missing+=" $metric"
  done < <(grep -oEh '(halloo|process)_[a-z_]+' "$board" packaging/alerts.yml | sort -u |
    grep -vxE "$missing_too")
  [ -z "$missing" ] || fail "numbers: the program does not tell$missing"
  say "numbers: the program tells everything that is shown"
  stop_started
}

container() {
  # What `make build` reads: the sources of the Makefile, and the scripts of the build.
  local file
  for file in $(sed -n 's/^sources := //p' Makefile | tr '()' '  ') \
    $(grep -o 'scripts/[a-z_]*\.[a-z]*' scripts/build.sh); do
    [ ! -e "$file" ] || grep -qxF "!$file" .dockerignore ||
      fail "container: $file is not sent to the builder; see .dockerignore"
  done
  say "container: what is built goes to the builder"
  if has hadolint; then
    hadolint packaging/Dockerfile || fail "container: hadolint complains"
    say "container: hadolint has nothing to say; container.sh builds and runs it"
  else
    skip "container: there is no hadolint here; container.sh builds and runs it"
  fi
}

# --- helpers

# systemd-analyze can succeed and complain.
verify() {
  local said
  if ! said=$(systemd-analyze verify "$@" 2>&1) || grep -q halloo <<<"$said"; then
    echo "$said" >&2
    fail "units: systemd-analyze verify"
  fi
  say "units: systemd-analyze verify has nothing to say"
}

in_background() {
  "$@" >>"$scratch/log" 2>&1 &
  started+=("$!")
}

stop_started() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  started=()
}

# answers URL [OPTIONS]: within ten seconds.
answers() {
  local _
  for _ in {1..100}; do
    if curl --silent --insecure --fail --max-time 5 --output /dev/null "$@"; then return; fi
    sleep 0.1
  done
  cat "$scratch/log" >&2
  fail "$1 does not answer"
}

told() {
  local _
  for _ in {1..50}; do
    if grep -q "^$1\$" "$scratch/log"; then return; fi
    sleep 0.1
  done
  fail "package: the program does not tell systemd $1"
}

knows() { "$binary" --help | grep -q -e "$1"; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

forget_user() {
  if getent passwd halloo >/dev/null; then userdel halloo || true; fi
  if getent group halloo >/dev/null; then groupdel halloo || true; fi
}

clean_up() {
  stop_started
  if [ -n "$purge" ]; then
    dpkg --purge halloo >/dev/null 2>&1 || true
    [ -n "$was_there" ] || forget_user
  fi
  rm -rf "$scratch"
}

has() { command -v "$1" >/dev/null; }

say() { printf 'packaging: %s\n' "$*"; }

skip() { printf 'packaging: skipped: %s\n' "$*"; }

fail() {
  printf 'packaging: failed: %s\n' "$*" >&2
  exit 1
}

main "$@"
