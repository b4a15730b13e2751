-- How long things are kept, and what is done about what is older (domain.md §4.6).

-- name: months_due
-- $1 date. Parts of the ledger whose last day is before it, oldest first; those in which an event is parked stay until it is not.
select month, last_day,
    exists (select from event_log where event_log.month = ledger_month.month and outcome = 'parked') as has_parked
from ledger_month
where dropped_at is null and last_day < $1
order by month

-- name: count_month
-- $1 date: how many events a part has. It is read whole.
select count(*) from event_log where month = $1

-- name: drop_month
-- $1 date, $2 timestamptz now. Returns how many events it had; null where something keeps it.
select drop_month($1, $2)

-- name: parked_since
-- $1 timestamptz. How many events of each source are parked since before it, and nobody decided about them.
select source, count(*) as events
from parked
join event_log on event_key = parked.event_id
where outcome = 'parked' and retry_at is null and not discarded and greatest(parked_at, received_at) < $1
group by source
order by source

-- name: refuse_expired
-- $1 timestamptz, $2 text code, $3 int at most so many. What is parked since before it is refused at last. Returns what the ledger knows of it.
with old as (
    select parked.event_id
    from parked
    join event_log on event_key = parked.event_id
    where outcome = 'parked' and retry_at is null and not discarded and greatest(parked_at, received_at) < $1
    order by parked_at, parked.event_id
    limit $3
)
update event_log
set outcome = 'refused', code = $2, path = null, item = null, faults = null
from old
where event_key = old.event_id and outcome = 'parked'
returning event_key, source, event_log.event_id, event_type, record_id, revision, repeats

-- name: is_done
-- $1 date: whether the day's retention was done.
select exists (select from retention_day where day = $1)

-- name: done
-- $1 date, $2 int months, $3 bigint events, $4 bigint parked events.
insert into retention_day (day, months, events, parked) values ($1, $2, $3, $4) on conflict (day) do nothing
