#!/bin/sh
exec /usr/lib/parbake-coordinator/node /usr/lib/parbake-coordinator/app/parbake-coordinator.mjs "$@"
