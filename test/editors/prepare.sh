#!/usr/bin/env bash
# Puts the real editors and the terminal that drives them where the editor tests look for them. Needs a Debian machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

prefix=${EDITORS_PREFIX:-$(cd ../.. && pwd)/node_modules/.cache/copilot-lsp/editors}
mkdir -p "$(dirname "$prefix")"

if ! command -v tmux >/dev/null; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends tmux
fi
./install-editors.sh "$prefix"
../services/prepare-official-server.sh >/dev/null
