-- Code tables of characters of private use.

-- name: meanings
-- $1 text[] sources, $2 int[] code points in parallel. What the newest table of each source has for them, with the table's version.
select source, version, code_point, means
from unnest($1::text[], $2::int[]) as wanted (source, code_point)
join lateral (
    select version from gaiji_table t where t.source = wanted.source order by version desc limit 1
) as newest on true
join gaiji using (source, version, code_point)

-- name: newest_table
-- $1 text source: its newest table.
select version, content_hash from gaiji_table where source = $1 order by version desc limit 1

-- name: enter_table
-- $1 text source, $2 int version, $3 bytea hash of its content, $4 timestamptz, $5 int[] code points, $6 text[] characters in parallel.
with entered as (
    insert into gaiji_table (source, version, rows, content_hash, entered_at)
    values ($1, $2, cardinality($5::int[]), $3, $4)
)
insert into gaiji (source, version, code_point, means)
select $1, $2, code_point, means from unnest($5::int[], $6::text[]) as said (code_point, means)
