-- name: lock_watermarks
-- One transaction at a time counts them; held to the commit, so that the last partition sees all the others.
select pg_advisory_xact_lock(hashtextextended('linker.watermark', 0))

-- name: see_watermarks
-- $1 text[] sources, $2 date[] complete through, $3 uuid[] events (one per partition).
insert into watermark_seen (source, complete_through, event_id)
select * from unnest($1::text[], $2::date[], $3::uuid[])
on conflict do nothing

-- name: watermarks_seen_everywhere
-- $1 text[] sources, $2 date[] complete through, $3 int partitions. Those of the given that have come by on all partitions.
select source, complete_through
from watermark_seen
where (source, complete_through) in (select * from unnest($1::text[], $2::date[]))
group by source, complete_through
having count(*) >= $3
order by source, complete_through
