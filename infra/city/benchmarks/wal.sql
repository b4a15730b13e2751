-- What the benchmark reads of the server itself.

-- name: wal_position
-- How many bytes of WAL the cluster has written since it was made, whichever database they are of.
select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as position
