#!/usr/bin/env bash
# Puts on a Debian machine what `npm run test:page` runs: Chromium, Firefox, and the library that drives them. Installs
# nothing that is there.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v firefox-esr >/dev/null || missing+=(firefox-esr)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
fi

# In a folder of its own: the other tests do without it, and it brings eighty packages along.
prefix=${PAGE_PREFIX:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/page}
stamp=$(sha256sum <"${BASH_SOURCE[0]}" | cut -c1-16)
[ "$(cat "$prefix/.stamp" 2>/dev/null)" != "$stamp" ] || exit 0
rm -rf "$prefix"
mkdir -p "$prefix"
cd "$prefix"
echo '{ "private": true, "dependencies": { "puppeteer-core": "24.0.0" } }' >package.json
# Its scripts would download a browser.
npm install --no-audit --no-fund --loglevel=error --ignore-scripts
echo "$stamp" >"$prefix/.stamp"
