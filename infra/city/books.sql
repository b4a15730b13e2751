-- What the checks read of a service's runtime tables. Every statement is read with that service's own login.

-- name: tally
-- $1 text kind: said or heard. How many messages of each type.
select key, n from tally where kind = $1 order by key

-- name: waiting_in_outbox
-- Events written but not yet confirmed by the broker.
select coalesce(sum(events), 0)::bigint from outbox

-- name: said_and_waiting
-- What was said, as above, and under no key the events that are not yet confirmed.
select key, n from tally where kind = 'said'
union all
select null, coalesce(sum(events), 0)::bigint from outbox

-- name: parked
-- What was put aside, by type and reason. Bodies are not looked at.
select type, reason, count(*) as n, min(event_id::text) as example from parked group by type, reason order by type, reason

-- name: lanes
-- The last number that was given in each audit lane.
select lane, last from audit_lane order by lane
