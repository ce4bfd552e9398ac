# shellcheck shell=bash
#
# Finds Chromium and Firefox: the program that is named, else an installed one, else Playwright's own.
# To be sourced in the root of the repository.

# Prints the path of an installed chromium|firefox; fails if there is none.
installed_browser() {
  local named candidates candidate
  case "$1" in
    chromium)
      named=${HALLOO_CHROMIUM:-}
      candidates="chromium chromium-browser google-chrome"
      ;;
    firefox)
      named=${HALLOO_FIREFOX:-}
      candidates="firefox-esr firefox"
      ;;
  esac
  for candidate in ${named:+"$named"} $candidates; do
    command -v "$candidate" && return
  done
  return 1
}

# Whether Playwright has a chromium|firefox of its own.
playwright_has() {
  local script='process.exit(fs.existsSync(require("@playwright/test")[process.argv[1]].executablePath()) ? 0 : 1)'
  (cd end2end && node --eval "$script" "$1")
}

# Prints " chromium", " firefox", both or nothing.
missing_browsers() {
  local name
  for name in chromium firefox; do
    installed_browser "$name" >/dev/null || playwright_has "$name" || printf ' %s' "$name"
  done
}
