#!/bin/sh
# The image has an initialised cluster in $PGDATA, with a role "app" that cannot log in: it has no password. The order sets it.
# psql is connected before, and asks `cat` for the order.
(
  until pg_isready -q; do sleep 0.1; done
  exec psql -qX -v ON_ERROR_STOP=1 -d postgres <<'SQL'
\set order `cat "$PARBAKE_ORDER"`
SELECT format('ALTER ROLE app LOGIN PASSWORD %L', :'order'::json -> 'variables' ->> 'APP_PASSWORD') \gexec
SQL
) &
exec postgres "$@"
