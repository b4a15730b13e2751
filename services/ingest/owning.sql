-- Who is registered as of the unit that owns a source.

-- name: owned_by
-- $1 uuid staff id.
select source from data_owner where staff_id = $1 order by source
