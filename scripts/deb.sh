#!/usr/bin/env bash
# Makes the Debian package from the program that is built, and prints its path. Called by `make deb`, which
# builds before.
#
#   scripts/deb.sh
#
# The program writes its own manual page and completions, so it must run on this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

program=target/release/halloo
made=target/packaging
[ -x "$program" ] || { echo "deb: there is no $program; \`make build\` makes it" >&2; exit 1; }

# The time of the last commit, so that the same sources give the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

field() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1; }

mkdir -p "$made"
"$program" man >"$made/halloo.1"
for shell in bash zsh fish; do "$program" completions "$shell" >"$made/halloo.$shell"; done
cat >"$made/changelog" <<END
halloo ($(field version)-1) unstable; urgency=medium

  * Version $(field version). CHANGELOG.md in the sources says what is new.

 -- $(field maintainer)  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END

cargo deb --no-build --no-strip --quiet
