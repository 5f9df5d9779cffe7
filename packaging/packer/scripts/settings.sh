#!/bin/sh
# Writes where instances of the image check in, and how they prove themselves. Takes PARBAKE_COORDINATOR, PARBAKE_ATTEST, and the
# file PARBAKE_TLS_CA, which moves to /etc/parbake. What is empty stays for user data and for the instance's own settings.
set -eu

settings=/etc/default/parbake-agent
say() { if [ -n "$2" ]; then echo "$1=$2" >>"$settings"; fi; }
say PARBAKE_COORDINATOR "${PARBAKE_COORDINATOR:-}"
if [ -n "${PARBAKE_TLS_CA:-}" ]; then
  install -D -m 644 "$PARBAKE_TLS_CA" /etc/parbake/ca.pem
  rm "$PARBAKE_TLS_CA"
  say PARBAKE_TLS_CA /etc/parbake/ca.pem
  say PARBAKE_ATTEST "${PARBAKE_ATTEST:-}"
fi
