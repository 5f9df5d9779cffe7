#!/bin/sh
# Writes where instances of the image check in. Takes PARBAKE_COORDINATOR, and the files PARBAKE_TLS_CA, PARBAKE_TLS_CERT
# and PARBAKE_TLS_KEY, which move to /etc/parbake. What is empty stays for user data and for the instance's own settings.
set -eu

settings=/etc/default/parbake-agent
install -d -m 755 /etc/parbake
say() { if [ -n "$2" ]; then echo "$1=$2" >>"$settings"; fi; }
# Arguments: the variable, the uploaded file, where it goes, its mode.
take() {
  if [ -z "$2" ]; then return; fi
  install -m "$4" "$2" "$3"
  rm "$2"
  say "$1" "$3"
}
say PARBAKE_COORDINATOR "${PARBAKE_COORDINATOR:-}"
take PARBAKE_TLS_CA "${PARBAKE_TLS_CA:-}" /etc/parbake/ca.pem 644
take PARBAKE_TLS_CERT "${PARBAKE_TLS_CERT:-}" /etc/parbake/agent.pem 644
take PARBAKE_TLS_KEY "${PARBAKE_TLS_KEY:-}" /etc/parbake/agent.key 600
