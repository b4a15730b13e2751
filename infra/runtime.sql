-- The runtime's statements, the same in every service's schema.

-- name: hear
-- $1 uuid[]: names of the runs of parcels, $2 text the turn of their partition, held until the commit: a parcel that the broker
-- delivers again elsewhere, because it waited here too long, is handled after this one and not beside it.
-- Returns those never heard before; the others are redelivered and dropped.
with turn as materialized (select pg_advisory_xact_lock(hashtextextended($2::text, 0)))
insert into inbox (run)
select distinct name from turn, unnest($1::uuid[]) as name
on conflict do nothing
returning run

-- name: take_turn
-- $1 text the turn of a partition. Parked events are tried again in turn with the parcels of their partition.
select pg_advisory_xact_lock(hashtextextended($1::text, 0))

-- name: database_time
-- The database's clock, because clocks of processes drift apart.
select clock_timestamp()

-- name: say
-- $1 text[] kinds, $2 text[] keys, $3 bigint[] counts for the tally, sorted, so that two transactions lock them in one order;
-- $4 text[] exchanges, $5 text[] routing keys, $6 text[] partition keys, $7 int[] events, $8 text[] payloads, $9 text[] traceparents,
-- $10 smallint[] partitions.
with counted as (
    insert into tally (kind, key, n)
    select kind, key, n from unnest($1::text[], $2::text[], $3::bigint[]) as counted (kind, key, n)
    on conflict (kind, key) do update set n = tally.n + excluded.n
)
insert into outbox (exchange, routing_key, partition_key, events, payload, traceparent, partition)
select exchange, routing_key, partition_key, events, payload, traceparent, partition
from unnest($4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[], $10::smallint[])
    with ordinality as run (exchange, routing_key, partition_key, events, payload, traceparent, partition, position)
order by position

-- name: take_audit_numbers
-- $1 smallint lane, $2 int how many. Returns the last of them. The row stays locked until the commit: that makes them gapless.
update audit_lane set last = last + $2 where lane = $1 returning last

-- name: take_numbers_of_a_free_lane
-- $1 int the lane to begin with, $2 int how many. Returns the lane and the last of them; nothing where every lane is held by another.
with free as (
    select lane from audit_lane order by lane < $1::int, lane limit 1 for no key update skip locked
)
update audit_lane set last = last + $2::int from free where audit_lane.lane = free.lane returning audit_lane.lane, last

-- name: audit_lanes
-- The lanes that were ever used.
select lane, last from audit_lane where last > 0 order by lane

-- name: waiting_runs
-- $1 smallint partition, $2 int at most so many runs, $3 int and no more of them than reach so many events. What the partition's relay
-- publishes next, in order.
select id, exchange, routing_key, partition_key, events, payload, traceparent
from (
    select *, sum(events) over (order by id) - events as before
    from (select * from outbox where partition = $1 order by id limit $2) as oldest
) as waiting
where before < $3
order by id

-- name: forget_runs
-- $1 smallint partition, $2 bigint[]: runs that the broker confirmed.
delete from outbox where partition = $1 and id = any($2::bigint[])

-- name: take_over_runs
-- $1 int how many partitions there are: what a partition that is no more has to say is said by one that is.
update outbox set partition = partition % $1::int where partition >= $1::int

-- name: park
-- $1 uuid, $2 text type, $3 text reason, $4 text path, $5 bytea encrypted body, $6 float8 seconds until the next try or null,
-- $7 smallint partition. The database's clock decides when that is, because clocks of processes drift apart.
-- Returns whether it was not parked before.
insert into parked (event_id, type, reason, path, body, retry_at, partition)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6::float8), $7)
on conflict (event_id) do update
set reason = excluded.reason, path = excluded.path, retry_at = excluded.retry_at, attempts = parked.attempts + 1
returning xmax = 0

-- name: due_parked
-- $1 int partition, $2 int how many partitions there are: one of a partition that is no more belongs to another.
-- Parked events whose next try has come, or that a person threw away. Locked, and skipped where another process holds them.
select event_id, body, discarded from parked
where (retry_at <= now() or discarded) and partition % $2::int = $1::int
order by retry_at nulls first, event_id limit 50 for update skip locked

-- name: unpark
-- $1 uuid: handled at last.
delete from parked where event_id = $1

-- name: set_aside_parked
-- $1 uuid, $2 text reason: not tried again by itself; the body stays.
update parked set reason = $2, retry_at = null where event_id = $1

-- name: list_parked
-- Everything parked, oldest first, without bodies.
select event_id, type, reason, path, attempts, parked_at, retry_at, discarded from parked order by parked_at, event_id

-- name: read_parked
-- $1 uuid.
select body from parked where event_id = $1

-- name: replay_parked
-- $1 uuid: the running service takes it up at its next look.
update parked set retry_at = now() where event_id = $1 and not discarded returning event_id

-- name: discard_parked
-- $1 uuid: the running service throws it away at its next look.
update parked set discarded = true where event_id = $1 and not discarded returning event_id

-- name: resume_parking
-- A person's word that hearing goes on although much was parked.
insert into parking_resumed (at) values (clock_timestamp()) on conflict (one) do update set at = excluded.at

-- name: is_parking_resumed
-- $1 timestamptz: whether a person said so since.
select exists (select from parking_resumed where at > $1)

-- name: forget_heard
-- $1 int days, $2 int at most so many at once. Runs older than any possible redelivery.
delete from inbox
where run in (select run from inbox where heard_at < now() - make_interval(days => $1) limit $2)

-- name: number_entries
-- $1 uuid[]: ids of audit entries that follow from an event. Returns those that never had a number.
insert into numbered_entry (entry_id)
select id from unnest($1::uuid[]) as id order by id
on conflict do nothing
returning entry_id

-- name: forget_numbered
-- $1 int days, $2 int at most so many at once.
delete from numbered_entry
where entry_id in (select entry_id from numbered_entry where numbered_on < current_date - $1::int limit $2)
