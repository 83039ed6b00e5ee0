#!/usr/bin/env bash
# prepare.sh [vscode]: puts on a Debian machine what `npm run test:desktop-editors` runs: Kate with a screen that nobody sees,
# and VS Code as code-server with Chromium; or VS Code alone. Installs nothing that is there.
set -euo pipefail

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }
if [ "${1:-}" != vscode ]; then
  want kate kate
  want dbus-run-session dbus-daemon
  want Xvfb xvfb
  want xdotool xdotool
  want import imagemagick
fi
want chromium chromium
want g++ g++
want make make
want python3 python3
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
fi

# VS Code as a server and what drives Chromium, in a folder of their own, and beside them what `copilot-lsp setup` takes from
# npm, in a cache: the test itself goes nowhere. The scripts of the packages are not run: they download from GitHub what the
# test does without. What VS Code needs of compiled code is built here.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
prefix=${DESKTOP_PREFIX:-$root/node_modules/.cache/copilot-lsp/desktop}
stamp=$(cat "${BASH_SOURCE[0]}" "$root/shared/editors/vscode/package.json" | sha256sum | cut -c1-16)
[ "$(cat "$prefix/.stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$prefix"
mkdir -p "$prefix"
cd "$prefix"
cat >package.json <<'JSON'
{
  "private": true,
  "dependencies": { "code-server": "4.100.3", "puppeteer-core": "24.0.0" }
}
JSON
# Some of the packages ask npx for node-gyp, which would wait for an answer.
export npm_config_yes=true
quietly=(--no-audit --no-fund --loglevel=error --ignore-scripts)
npm install "${quietly[@]}"
npm rebuild argon2
mkdir client
cp "$root/shared/editors/vscode/package.json" client
npm install "${quietly[@]}" --omit=dev --cache npm-cache --prefix client
rm -rf client
cd node_modules/code-server/lib/vscode
npm install "${quietly[@]}" --omit=dev --legacy-peer-deps
npm rebuild @vscode/spdlog node-pty @parcel/watcher native-watchdog
echo "$stamp" >"$prefix/.stamp"
