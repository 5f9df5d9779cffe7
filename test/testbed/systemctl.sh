#!/bin/sh
# Stands in for systemd in a machine that has none: starts, restarts and stops our units as systemd would, with their user,
# directories, settings and limits to restarts. Everything else goes to systemd's own program.
set -eu
action=${1:-}
case $action in start | restart | stop) ;; *) exec /usr/bin/systemctl "$@" ;; esac
unit=${2%.service}
file=/usr/lib/systemd/system/$unit.service
[ -e "$file" ] || exec /usr/bin/systemctl "$@"
place=/run/units/$unit
mkdir -p "$place"

value() { sed -n "s/^$1=//p" "$file"; }

stop() {
  if [ ! -e "$place/supervisor" ]; then return; fi
  kill "$(cat "$place/supervisor")" 2>/dev/null || true
  if pid=$(cat "$place/main" 2>/dev/null); then
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  fi
  rm -f "$place/supervisor" "$place/main"
}

# One run of the service, in its own environment.
once() {
  for pair in $(value Environment); do export "$pair"; done
  set -a
  for given in $(value EnvironmentFile); do
    if [ -e "${given#-}" ]; then . "${given#-}"; fi
  done
  set +a
  user=$(value User)
  umask "$(value UMask)"
  eval "exec setpriv --reuid ${user:-root} --regid ${user:-root} --clear-groups --no-new-privs $(value ExecStart)"
}

supervise() {
  while :; do
    (once) &
    echo $! >"$place/main"
    code=0
    wait $! || code=$?
    for final in 0 $(value RestartPreventExitStatus); do
      if [ "$code" = "$final" ]; then return; fi
    done
    sleep "$(value RestartSec)"
  done
}

stop
[ "$action" = stop ] && exit 0
user=$(value User)
for kind in Runtime:/run State:/var/lib Cache:/var/cache; do
  for name in $(value "${kind%:*}Directory"); do
    install -d -o "${user:-root}" -g "${user:-root}" -m "$(value "${kind%:*}DirectoryMode")" "${kind#*:}/$name"
  done
done
# In a subshell: the shell would keep copies of its own output open, and whoever waits for their end would wait on.
(
  exec >>"/var/log/$unit.log" 2>&1 </dev/null
  supervise
) &
echo $! >"$place/supervisor"
