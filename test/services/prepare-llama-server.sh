#!/usr/bin/env bash
# Brings a real `llama-server` into a folder of its own, from Debian unstable's packages with the libraries they need:
# nothing of the system is touched, and no compiler is needed. The archive is the one that this machine's own apt sources
# name. Writes a starter, FOLDER/llama-server, which the tests look for. The usual folder is not below node_modules, which
# `npm ci` deletes before each run of the tests.
#   prepare-llama-server.sh [FOLDER]
set -euo pipefail
folder=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/llama-server}
to=$(mkdir -p "$folder" && cd "$folder" && pwd)
[[ -x $to/llama-server ]] && { echo "$to/llama-server"; exit 0; }
address=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -vE '^ *#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | tr -d ' ' | sed -n 1p || true)
[[ -n $address ]] || { echo "no Debian archive among the apt sources" >&2; exit 1; }
mkdir -p "$to/apt/lists/partial" "$to/apt/cache/archives/partial" "$to/debs" "$to/root"
touch "$to/apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $address sid main" >"$to/apt/sources.list"
apt_() { "$1" -q -o Dir::Etc::sourcelist="$to/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$to/apt/lists" \
  -o Dir::State::status="$to/apt/status" -o Dir::Cache="$to/apt/cache" "${@:2}"; }
apt_ apt-get update >&2
cd "$to/debs"
apt_ apt-get download llama.cpp-tools libllama0 libggml0 libc6 libstdc++6 libgomp1 libgcc-s1 libssl3t64 libzstd1 zlib1g >&2
for deb in *.deb; do dpkg -x "$deb" "$to/root"; done
lib=$to/root/usr/lib/x86_64-linux-gnu
backend=$(ls "$lib"/ggml/backends*/libggml-cpu-*.so | grep -m1 -E "$(grep -qw avx2 /proc/cpuinfo && echo haswell || echo x64)")
cat >"$to/llama-server" <<STARTER
#!/bin/sh
GGML_BACKEND_PATH=$backend exec $lib/ld-linux-x86-64.so.2 --library-path $lib:$lib/llama:$lib/ggml $to/root/usr/bin/llama-server "\$@"
STARTER
chmod +x "$to/llama-server"
rm -rf "$to/debs" "$to/apt"
echo "$to/llama-server"
