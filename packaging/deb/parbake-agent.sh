#!/bin/sh
exec /usr/lib/parbake/node /usr/lib/parbake/parbake-agent.mjs "$@"
