-- What the benchmark of ingest asks.

-- name: rows_of_the_ledger
select count(*) from ingest.event_log
