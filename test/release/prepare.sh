#!/usr/bin/env bash
# Puts the programs on a Debian machine that `npm run release:check` follows the recipes of `shared/packaging/` with. What
# is missing of them is left out there, and said. Installs nothing that is there.
set -euo pipefail

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }
want ruby ruby
want nix-instantiate nix-bin
want systemd-analyze systemd
want mmdebstrap mmdebstrap
want ip iproute2
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
