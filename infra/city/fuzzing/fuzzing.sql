-- What a run of the fuzzer asks as the operator, who may read everything.

-- name: put_aside
-- Events that ingest could not handle. Those of a stopped feed are held by rule.
select count(*) from ingest.parked where reason <> 'feed_stopped'

-- name: strange_names
-- Rows of the ledger with something in place of an id, or of a record's number, that is none.
select count(*) from ingest.event_log where event_id !~ '^[!-~]+$' or record_id !~ '^[!-~]+$'

-- name: tables
-- Every table of the city's own schemas.
select format('%I.%I', n.nspname, c.relname) as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)'
order by 1
