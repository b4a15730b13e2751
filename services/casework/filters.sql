-- Conditions of the list that people keep under a name. Row-level security narrows all of it.

-- name: hold_filters
-- $1 staff id, $2 ward or ''. Whoever keeps one more is counted alone, and so is what is shared in a ward; held to the commit.
select pg_advisory_xact_lock(hashtextextended('casework.filters.' || $1, 0)), pg_advisory_xact_lock(hashtextextended('casework.filters.' || $2, 1))

-- name: count_filters
-- $1 staff id, $2 ward. The own ones, and those shared in the ward.
select (select count(*) from saved_filter where staff_id = $1) as own, (select count(*) from saved_filter where ward = $2 and shared) as shared

-- name: save_filter
-- $1 filter_id, $2 staff id, $3 staff name, $4 ward or null, $5 name, $6 whether it is shared, $7 conditions as JSON, $8 now. No row where this
-- very form was sent before, or somebody has one of that name.
insert into saved_filter (filter_id, staff_id, staff_name, ward, name, shared, conditions, saved_at)
values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8)
on conflict do nothing
returning filter_id

-- name: saved_filters
-- $1 staff id, $2 ward or null. The own ones, then those that colleagues share.
select filter_id, staff_id, staff_name, name, shared, conditions from (
    select * from saved_filter where staff_id = $1
    union all
    select * from saved_filter where ward = $2 and shared and staff_id <> $1
) as usable order by staff_id <> $1, name, filter_id

-- name: saved_filter
-- $1 filter_id.
select filter_id, staff_id, staff_name, name, shared, conditions from saved_filter where filter_id = $1

-- name: forget_filter
-- $1 filter_id, $2 staff id.
delete from saved_filter where filter_id = $1 and staff_id = $2 returning filter_id
