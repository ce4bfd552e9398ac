#!/usr/bin/env bash
# Fails if a line is too long: over 110 characters in sources, over 160 in Markdown. Rows of tables, lines
# that are one long link, and generated, copied or recorded files are excepted.
#
#   scripts/columns.sh [FILE...]   those files; without any, all files that git knows
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  local files
  if [ $# -gt 0 ]; then
    files=("$@")
  else
    mapfile -t files < <(git ls-files --cached --others --exclude-standard)
  fi
  printf '%s\0' "${files[@]}" | xargs -0 node --input-type=module -e "$check"
}

# Node counts characters the same way in every locale.
# shellcheck disable=SC2016 # the dollars are JavaScript's
check='
import { existsSync, readFileSync } from "node:fs";
const limits = [[/\.(rs|ts|mjs|scss|sh|py|c)$/, 110], [/\.md$/, 160]];
const excepted = /(^|\/)(node_modules|target|fixtures|corpus|proptest-regressions)\//;
let failed = false;
for (const file of process.argv.slice(1)) {
  const limit = limits.find(([name]) => name.test(file))?.[1];
  if (!limit || excepted.test(file) || !existsSync(file)) continue;
  readFileSync(file, "utf8").split("\n").forEach((line, index) => {
    const length = [...line].length;
    if (length <= limit) return;
    if (limit === 160 && /^\s*\|/.test(line)) return;
    if (/^\W*(\[[^\]]*\][:(]\s*)?<?https?:\/\/\S+$/.test(line)) return;
    console.error(`${file}:${index + 1}: ${length} columns, at most ${limit}`);
    failed = true;
  });
}
if (failed) process.exit(1);
'

main "$@"
