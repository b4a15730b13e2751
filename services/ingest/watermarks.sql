-- How far sources are complete. Only one process at a time admits a watermark.

-- name: said
-- $1 text[] sources. Every watermark that they have said.
select source, record_id, revision, complete_through, complete_from from watermark_said where source = any($1::text[])

-- name: reached
-- $1 text[] sources. What holds.
select source, complete_through, complete_from, version from watermark where source = any($1::text[])

-- name: keep
-- $1 text[] sources, $2 text[] record ids, $3 bigint[] revisions, $4 date[] complete through, $5 date[] complete from.
insert into watermark_said (source, record_id, revision, complete_through, complete_from)
select source, record_id, revision, complete_through, complete_from
from unnest($1::text[], $2::text[], $3::bigint[], $4::date[], $5::date[]) as told (source, record_id, revision, complete_through, complete_from)
on conflict (source, record_id) do update
set (revision, complete_through, complete_from) = (excluded.revision, excluded.complete_through, excluded.complete_from)

-- name: move
-- $1 text[] sources, $2 date[] complete through, $3 date[] complete from, $4 int[] versions, $5 date: the day on which they said so, of
-- which the last word is kept.
with moved as (
    insert into watermark (source, complete_through, complete_from, version)
    select * from unnest($1::text[], $2::date[], $3::date[], $4::int[])
    on conflict (source) do update
    set (complete_through, complete_from, version) = (excluded.complete_through, excluded.complete_from, excluded.version)
    returning source, complete_through
)
insert into watermark_day (source, day, complete_through)
select source, $5::date, complete_through from moved order by source
on conflict (source, day) do update set complete_through = excluded.complete_through
