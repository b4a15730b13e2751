-- How long it is kept what was known (domain.md §4.6), and what is done about what is older.

-- name: archive
-- $1 instant, $2 at most so many: answers that were believed no longer before it go to the past's table.
with old as (
    select evaluation_id from evaluation where superseded_at < $1 order by superseded_at limit $2
),
moved as (
    delete from evaluation where evaluation_id = any(array(select evaluation_id from old)) and superseded_at is not null returning *
),
kept as (
    insert into evaluation_was (
        evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
        parameters_version, known_at, superseded_at, written_at, stale_since, rests_on_feed
    )
    select evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
        parameters_version, known_at, superseded_at, written_at, stale_since, rests_on_feed
    from moved
)
select count(*) from moved;

-- name: tables
-- Tables that have a past, in the order of their names.
select name from past_table order by name;

-- name: open_years
-- $1 table, $2 instant: there are parts of it for the instant's fiscal year and the next.
select open_year($1, fiscal_year($2) + years) from generate_series(0, 1) as years;

-- name: forget_until
-- $1 instant: from now on nothing is told as it was known before its fiscal year. Whoever reads the past just now is not waited for long.
update past_kept set forgotten_until = fiscal_year_begins(fiscal_year($1))
where forgotten_until is null or forgotten_until < fiscal_year_begins(fiscal_year($1))
returning forgotten_until;

-- name: to_forget
-- Tables in which there may be older rows than are kept.
select name from past_table, past_kept
where coalesce(past_table.forgotten_until, '-infinity') < past_kept.forgotten_until order by name;

-- name: forget_years
-- $1 table. Returns how many rows went.
select forget_years($1);

-- name: planned
-- $1 instant: since when would be kept what was known; parts and their size that would go, and of what has no part of its own its rows.
select relname as part, pg_total_relation_size(oid) as bytes
from past_table join pg_inherits on inhparent = (name || '_was')::regclass join pg_class on oid = inhrelid
where fiscal_year_begins(substring(relname from '_([0-9]{4})$')::integer + 1) <= fiscal_year_begins(fiscal_year($1))
union all
select part, bytes from (
    select name || '_was_else' as part, (xpath('/row/n/text()', query_to_xml(format(
        'select coalesce(sum(pg_column_size(e)), 0) as n from %I as e where %I < %L',
        name || '_was_else', held_until, fiscal_year_begins(fiscal_year($1))
    ), false, true, '')))[1]::text::bigint as bytes
    from past_table
) as rest where bytes > 0
order by part;
