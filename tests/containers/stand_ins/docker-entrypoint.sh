#!/bin/bash
# What the official images of postgres do before the first start (https://hub.docker.com/_/postgres), as far as docker-compose.yml asks for it.
set -euo pipefail
if [[ ${1:-} == postgres ]]; then
  export PGDATA=/var/lib/postgresql/data
  if [[ ! -s $PGDATA/PG_VERSION ]]; then
    # shellcheck disable=SC2086 -- the arguments are words
    initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    pg_ctl --wait --options="-c listen_addresses=''" start
    PGPASSWORD=$(<"$POSTGRES_PASSWORD_FILE") psql --username="$POSTGRES_USER" --dbname=postgres --command="create database \"$POSTGRES_DB\""
    pg_ctl --wait --mode=fast stop
  fi
fi
exec "$@"
