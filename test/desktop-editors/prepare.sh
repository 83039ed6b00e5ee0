#!/usr/bin/env bash
# Puts on a Debian machine what `npm run test:desktop-editors` runs: Kate, a screen that nobody sees, and what types into it
# and looks at it. Installs nothing that is there.
set -euo pipefail

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }
want kate kate
want dbus-run-session dbus-daemon
want Xvfb xvfb
want xdotool xdotool
want import imagemagick
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${missing[@]}"
fi
