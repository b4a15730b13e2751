-- How often somebody searched lately.

-- name: hold_searches
-- $1 staff_id. Of searches at the same moment, in whichever process, one is counted after the other; held to the commit.
insert into searched (staff_id, made_at) values ($1, '{}') on conflict (staff_id) do update set made_at = searched.made_at returning made_at

-- name: keep_searches
-- $1 staff_id, $2 when the person searched in the last hour.
update searched set made_at = $2::timestamptz[] where staff_id = $1

-- name: forget_searches
-- $1 an hour ago. As the system: whoever has not searched since.
delete from searched where not exists (select from unnest(made_at) as made where made > $1)
