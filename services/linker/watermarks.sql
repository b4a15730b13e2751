-- name: lock_watermarks
-- One transaction at a time counts them; held to the commit, so that the last partition sees all the others.
select pg_advisory_xact_lock(hashtextextended('linker.watermark', 0))

-- name: see_watermarks
-- $1 text[] sources, $2 int[] versions, $3 date[] complete through, $4 date[] complete from, $5 uuid[] events (one per partition).
insert into watermark_seen (source, version, complete_through, complete_from, event_id)
select * from unnest($1::text[], $2::int[], $3::date[], $4::date[], $5::uuid[])
on conflict do nothing

-- name: watermarks_seen_everywhere
-- $1 text[] sources, $2 int[] versions, $3 date[] complete through, $4 int partitions. Those of the given that have come by on all
-- partitions, as their source said them.
select source, version, complete_through, max(complete_from) as complete_from
from watermark_seen
where (source, version, complete_through) in (select * from unnest($1::text[], $2::int[], $3::date[]))
group by source, version, complete_through
having count(*) >= $4
order by source, version, complete_through
