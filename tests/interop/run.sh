#!/usr/bin/env bash
# Proves docs/PROTOCOL.md: a client in another language calls itself, and a real browser, through the server.
#
#   tests/interop/run.sh [--only python|browser]
#
# HALLOO_BIN names the server, by default target/release/halloo. The browser is driven by Playwright from
# end2end/.
set -euo pipefail
cd "$(dirname "$0")"

python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  if [ -n "$candidate" ] &&
    "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "interop: skipped, there is no python3 >= 3.11 with venv here (Debian: apt install python3-venv)"
  exit 0
fi

# Made anew when the list of packages or the interpreter changes.
state="$(cksum <requirements.txt) $("$python" -VV)"
if [ "$(cat .venv/installed 2>/dev/null)" != "$state" ]; then
  echo "interop: installing the Python packages into tests/interop/.venv"
  rm -rf .venv
  "$python" -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
  echo "$state" >.venv/installed
fi

PYTHONDONTWRITEBYTECODE=1 exec timeout --kill-after=10 600 .venv/bin/python test_interop.py "$@"
