#!/usr/bin/env bash
# What the tests need from the system: a browser, PostgreSQL, Redis, certificates, systemd's checker.
set -euo pipefail
missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v openssl >/dev/null || missing+=(openssl)
command -v systemd-analyze >/dev/null || missing+=(systemd)
shell=chromium-headless-shell # half the work of a whole browser; where it cannot be had, that one does
if [ "$(id -u)" -eq 0 ] && ! command -v $shell >/dev/null; then
  apt-get install -y -qq $shell >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq $shell; } >/dev/null 2>&1 || true
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq "${missing[@]}" >/dev/null
else
  echo "The tests need more: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
