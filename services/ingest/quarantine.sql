-- What people work off: events that were refused or parked. The body of a refused one is nowhere, that of a parked one is sealed.

-- name: quarantined
-- $1 text[] sources; filters, each null where all are meant: $2 text outcome, $3 text code (of any place that is wrong), $4 text reason for
-- which it is parked, $5, $6 timestamptz it came first from the one until before the other; $7 timestamptz, $8 uuid: what is older than this
-- event, or null for the newest; $9 int at most so many. Newest first.
select event.event_key, event.source, event.event_id, event.event_type, event.record_id, event.revision, event.outcome, event.code, event.path,
    event.item, event.faults, event.received_at, event.repeats, parked.reason, parked.attempts, parked.retry_at, parked.discarded,
    record.revision as newest_revision
from unnest($1::text[]) as wanted (source)
cross join lateral (
    select event_key, source, event_id, event_type, record_id, revision, outcome, code, path, item, faults, received_at, repeats
    from event_log
    where event_log.source = wanted.source and outcome in ('refused', 'parked')
        and (received_at, event_key) < (coalesce($7::timestamptz, 'infinity'), coalesce($8::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and received_at >= coalesce($5::timestamptz, '-infinity') and received_at < coalesce($6::timestamptz, 'infinity')
        and ($2::text is null or outcome = $2)
        and ($3::text is null or code = $3 or faults @> jsonb_build_array(jsonb_build_array($3::text)))
        and ($4::text is null or exists (select from parked where event_id = event_key and parked.reason = $4))
    order by received_at desc, event_key desc
    limit $9
) as event
left join parked on parked.event_id = event.event_key
left join record on (record.source, record.event_type, record.record_id) = (event.source, event.event_type, event.record_id)
order by event.received_at desc, event.event_key desc
limit $9

-- name: quarantined_event
-- $1 uuid event key, $2 text[] sources.
select event_key, event.source, event.event_id, event.event_type, event.record_id, event.revision, outcome, code, event.path, item, faults,
    received_at, repeats, parked.reason, attempts, retry_at, discarded, record.revision as newest_revision
from event_log as event
left join parked on parked.event_id = event_key
left join record on (record.source, record.event_type, record.record_id) = (event.source, event.event_type, event.record_id)
where event_key = $1 and event.source = any($2::text[]) and outcome in ('refused', 'parked')

-- name: counted
-- $1 text[] sources, $2 … $6 as for `quarantined`. How many there are of each kind, and how many of the parked ones a person may replay.
select source, outcome, code, parked.reason, count(*) as events,
    count(*) filter (where parked.event_id is not null and retry_at is null and not discarded) as waiting
from event_log as event
left join parked on parked.event_id = event_key
where source = any($1::text[]) and outcome in ('refused', 'parked')
    and received_at >= coalesce($5::timestamptz, '-infinity') and received_at < coalesce($6::timestamptz, 'infinity')
    and ($2::text is null or outcome = $2)
    and ($3::text is null or code = $3 or faults @> jsonb_build_array(jsonb_build_array($3::text)))
    and ($4::text is null or parked.reason = $4)
group by source, outcome, code, parked.reason
order by events desc, source, outcome, code, parked.reason

-- name: recent_codes
-- $1 text[] sources, $2 int so many of each source's newest events are looked at. Which codes they have: to choose from.
select distinct recent.code
from unnest($1::text[]) as wanted (source)
cross join lateral (
    select code from event_log where event_log.source = wanted.source and outcome in ('refused', 'parked')
    order by received_at desc, event_key desc limit $2
) as recent
where recent.code is not null order by recent.code

-- name: replay_step
-- $1 text[] sources, $2 text code, $3 text reason, $4, $5 timestamptz as for `quarantined`; $6 timestamptz, $7 uuid: what came after this event,
-- or null for the first; $8 int at most so many. The running service takes them up at its next looks. Returns them in the order in which they came.
-- Walked by keys, because an event that fails again is parked again, and would be met for ever.
with chosen as materialized (
    select event_key, source, received_at
    from event_log
    where source = any($1::text[]) and outcome = 'parked'
        and (received_at, event_key) > (coalesce($6::timestamptz, '-infinity'), coalesce($7::uuid, '00000000-0000-0000-0000-000000000000'))
        and received_at >= coalesce($4::timestamptz, '-infinity') and received_at < coalesce($5::timestamptz, 'infinity')
        and ($2::text is null or code = $2)
        and exists (
            select from parked where event_id = event_key and retry_at is null and not discarded and ($3::text is null or parked.reason = $3)
        )
    order by received_at, event_key
    limit $8
), taken as (
    update parked set retry_at = now() from chosen where event_id = event_key and retry_at is null and not discarded
)
select event_key, source, received_at from chosen order by received_at, event_key

-- name: place_of
-- $1 uuid event key, $2 text[] sources. When it came first: where a page goes on.
select received_at from event_log where event_key = $1 and source = any($2::text[])
