#!/bin/sh
# Brings Temporal's two databases to the schema of this image. Safe to run again: what is there stays.
set -eu

for database in temporal temporal_visibility; do
  case "$database" in
    temporal) schema=temporal ;;
    *) schema=visibility ;;
  esac
  sql_tool() {
    temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db "$database" "$@"
  }
  sql_tool setup-schema -v 0.0
  sql_tool update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
