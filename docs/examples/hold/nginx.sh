#!/bin/sh
# nginx serves 503 until its order names the user. nginx.conf includes user.conf, which is on a tmpfs.
cd "${1:-/etc/nginx}"
echo 'return 503;' >run/user.conf
nginx -p "$PWD" -c nginx.conf -g 'daemon off;' &
order=$(cat "$PARBAKE_ORDER") || exit
user=$(printf %s "$order" | sed -n 's/.*"user":"\([A-Za-z0-9@._-]*\)".*/\1/p')
printf 'return 200 "Hello %s\\n";\n' "${user:?damaged order}" >run/user.conf
nginx -p "$PWD" -c nginx.conf -s reload
wait
