-- name: big_tables
-- $1 text[] schemas, $2 int: tables that hold as many rows or more, as the statistics say. What is just under way is no city's.
select c.oid, c.oid::regclass::text as name, c.reltuples::bigint as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1::text[]) and c.relkind in ('r', 'p') and not c.relispartition and c.reltuples >= $2::int
  and c.relname not in ('outbox', 'inbox')
order by c.oid

-- name: columns
-- $1 oid of a table, $2 int: the columns that whoever writes a row names; `own_name` where so many different ones or more stand in it,
-- or nearly as many as there are rows.
select quote_ident(a.attname) as name, format_type(a.atttypid, null) as type,
    coalesce(s.n_distinct < -0.3 or case when s.n_distinct < 0 then -s.n_distinct * c.reltuples else s.n_distinct end >= $2::int, false) as own_name
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity <> 'a'
order by a.attnum

-- name: open_months
-- $1 int: the ledger has a part for its newest month, and for the months before it, so many in all.
select ingest.open_month((newest - make_interval(months => back))::date)
from (select max(month) as newest from ingest.ledger_month) as ledger, generate_series(1, $1::int - 1) as back
