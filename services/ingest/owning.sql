-- Who is registered as of the unit that owns a source. Steps are only ever added.

-- name: owned_by
-- $1 uuid staff id.
select source from data_owner where staff_id = $1 order by source

-- name: everybody
-- Who is registered for which source, as they were registered when it was granted.
select source, staff_label
from (select distinct on (staff_id, source) * from owner_step order by staff_id, source, number desc) as stood
where granted order by source, staff_label

-- name: name_owner
-- $1 uuid staff id, $2 text how they are registered, $3 text[] sources, $4 boolean granted, $5 timestamptz, $6 uuid who decided and $7 text
-- as whom, $8 text ticket.
insert into owner_step (staff_id, staff_label, source, number, granted, at, by_staff, by_label, why)
select $1, $2, source, coalesce((select max(number) from owner_step as o where (o.staff_id, o.source) = ($1, wanted.source)), 0) + 1,
    $4, $5, $6, $7, $8
from unnest($3::text[]) as wanted (source)

-- name: bring_owner
-- $1 uuid staff id, $2 text how they are registered, $3 text[] sources.
insert into owner_step (staff_id, staff_label, source, number, granted, at, why)
select $1, $2, source, coalesce((select max(number) from owner_step as o where (o.staff_id, o.source) = ($1, wanted.source)), 0) + 1,
    true, now(), 'demonstration'
from unnest($3::text[]) as wanted (source)
