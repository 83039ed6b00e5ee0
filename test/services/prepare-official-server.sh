#!/usr/bin/env bash
# Brings GitHub's own language server from npm into a folder of its own, with the binary for this system and without what
# it does not need for completions. Its version is fixed here, so that a run tests what the one before tested. The usual
# folder is not below node_modules, which `npm ci` deletes before each run of the tests.
#   prepare-official-server.sh [FOLDER]
set -euo pipefail
version=1.539.0
folder=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/official-server}
to=$(mkdir -p "$folder" && cd "$folder" && pwd)
package=@github/copilot-language-server
system=$(node -p 'process.platform + "-" + process.arch')
[[ $(node -p "require('$to/node_modules/$package/package.json').version" 2>/dev/null) == "$version" ]] || {
  [[ -f $to/package.json ]] || echo '{"private": true}' >"$to/package.json"
  # Optional ones are the binaries of all systems, and GitHub's command line with 400 MB.
  npm install --prefix "$to" --omit=optional --no-audit --no-fund "$package@$version" "$package-$system@$version" >&2
}
echo "$to/node_modules/.bin/copilot-language-server"
