#!/usr/bin/env bash
# Puts the programs on a Debian machine that tests run, as clients or as services: what is missing of them is not tested,
# which those tests say. Installs nothing that is there.
set -euo pipefail

# A real server for local models. Where it cannot be had, its tests are left out.
"$(dirname "${BASH_SOURCE[0]}")/services/prepare-llama-server.sh" >/dev/null || echo "NOT INSTALLED: llama-server"

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }
want curl curl
want python3 python3
want chromium chromium
want promtool prometheus
# A desktop's keychain and the bus that it is on.
want dbus-daemon dbus
want dbus-send dbus
want gnome-keyring-daemon gnome-keyring
want secret-tool libsecret-tools
want zsh zsh
want fish fish
want mandoc mandoc
want ruby ruby
# Starts a process by the first connection, as a service manager does.
want systemd-socket-activate systemd
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
