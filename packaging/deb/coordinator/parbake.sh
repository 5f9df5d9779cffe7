#!/bin/sh
# Where the coordinator's service runs, operators reach it through its socket unless they name another one.
socket=/run/parbake-coordinator/coordinator.sock
if [ -z "${PARBAKE_COORDINATOR:-}" ] && [ -S "$socket" ]; then export PARBAKE_COORDINATOR="unix:$socket"; fi
exec /usr/lib/parbake-coordinator/node /usr/lib/parbake-coordinator/app/parbake.mjs "$@"
