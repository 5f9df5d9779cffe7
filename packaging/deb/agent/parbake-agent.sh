#!/bin/sh
exec /usr/lib/parbake/node /usr/lib/parbake/agent/parbake-agent.mjs "$@"
