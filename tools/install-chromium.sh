#!/usr/bin/env bash
# Installs the browser that tests/browser runs in, on Debian 12 or later. Uses sudo unless run as root.
set -euo pipefail

[[ -x /usr/bin/chromium-headless-shell || -x /usr/bin/chromium ]] && exit 0

as_root=()
((EUID == 0)) || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -qq -y --no-install-recommends chromium-headless-shell
