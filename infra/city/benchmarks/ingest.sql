-- What the benchmark of ingest asks.

-- name: rows_of_the_ledger
select count(*) from event_log

-- name: table_of_texts
-- A table of the columns of an extract, as texts.
create unlogged table extract_copied (
    a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text, l text, m text, n text, o text
)

-- name: drop_table_of_texts
drop table if exists extract_copied
