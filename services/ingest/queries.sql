-- Ingest's statements. All sets are arrays in parallel, so that a transaction of 500 events costs as many round trips as one of one.

-- name: take_lane
-- An admission beside others, to the commit: the first lane that nobody has. No row where somebody has them all.
select lane from admission_lane order by lane limit 1 for update skip locked

-- name: wait_for_lane
-- $1 int: any number, which chooses the lane. Waits for whoever has it.
select lane from admission_lane where lane = $1 % 16 for update

-- name: take_all_lanes
-- Alone, to the commit: waits until every admission that has begun is over, and lets none begin. One after the other, so that none of
-- those who have one can get it again before.
select lane from admission_lane order by lane for update

-- name: open_month
-- $1 date: the first day of a month, whose part of the ledger is there afterwards.
select open_month($1)

-- name: purposes
-- The purpose register, and which feeds are stopped, with the first field for which they are.
select source, since is not null as registered, review_on, coalesce(suspended, false) as suspended, owner_unit is not null as owned,
    stopped.field as stopped_for
from source_registration
full join (
    select distinct on (source) source, field from numbering where stopped_at is not null order by source, stopped_at, field
) as stopped using (source)
order by source

-- name: known_events
-- $1 uuid[] event keys. What the ledger says of them, and what nobody else changes before the commit.
select event_key, event_type, record_id, revision, content_hash, hashed_composed, outcome, code, path, item, faults, repeats
from event_log
where event_key = any($1::uuid[])
order by event_key
for update

-- name: seen_events
-- $1 uuid[] event keys. What the ledger says of them.
select event_key, event_type, record_id, revision, content_hash, hashed_composed, outcome, code, path, item, faults, repeats
from event_log
where event_key = any($1::uuid[])

-- name: event_of
-- $1 uuid event key, $2 text source. What the ledger says of one event, and the newest revision that was taken of its record.
select l.event_key, l.event_type, l.record_id, l.revision, l.content_hash, l.hashed_composed, l.outcome, l.code, l.path, l.item, l.faults,
    l.repeats, l.received_at, r.revision as newest_revision, h.state as held_up, h.reason as held_up_for
from event_log l
left join record r on (r.source, r.event_type, r.record_id) = (l.source, l.event_type, l.record_id)
left join held_up h on (h.source, h.event_type, h.record_id, h.revision) = (l.source, l.event_type, l.record_id, l.revision)
where l.event_key = $1 and l.source = $2

-- name: totals_of
-- $1 text source, $2 timestamptz, $3 timestamptz: what became of its events that came first from the one instant until before the other.
select outcome, code, count(*) as events, sum(repeats)::bigint as repeats
from event_log where received_at >= $2 and received_at < $3 and source = $1
group by outcome, code order by outcome, code

-- name: held_up_of
-- $1 text source, $2, $3 timestamptz as for the totals: its records that came then, are the newest of theirs, and are held up.
select h.state, count(*) as records
from event_log l join held_up h on (h.source, h.event_type, h.record_id, h.revision) = (l.source, l.event_type, l.record_id, l.revision)
where l.received_at >= $2 and l.received_at < $3 and l.source = $1 and l.outcome = 'accepted' and h.state is not null
group by h.state order by h.state

-- name: hear_held_up
-- One array per column. Keeps the newest word of each record.
insert into held_up (source, event_type, record_id, revision, version, state, reason)
select source, event_type, record_id, revision, version, state, reason
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::text[], $7::text[])
    as i (source, event_type, record_id, revision, version, state, reason)
order by source, event_type, record_id
on conflict (source, event_type, record_id) do update
set (revision, version, state, reason) = (excluded.revision, excluded.version, excluded.state, excluded.reason)
where held_up.version < excluded.version

-- name: held_records
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids. Nobody else changes them before the commit.
select source, event_type, record_id, revision, content_hash, hashed_composed, person_no
from record
join unnest($1::text[], $2::text[], $3::text[]) as wanted (source, event_type, record_id) using (source, event_type, record_id)
order by source, event_type, record_id
for update of record

-- name: watermarks
-- $1 date that means nowhere. All others: there are sixteen at most.
select source, complete_through from watermark where complete_through > $1 order by source

-- name: enter
-- $1 uuid[] keys, $2 text[] types, $3 text[] record ids, $4 bigint[] revisions, $5 text[] outcomes, $6 text[] codes, $7 text[] paths,
-- $8 text[] items, $9 bytea[] content hashes, $10 jsonb[] all that is wrong, where it is more than one thing, $11 text[] sources,
-- $12 text[] event ids, $13 timestamptz. Events that the ledger did not know, in the order of their keys: one that another process entered
-- meanwhile is not written, and the count tells.
insert into event_log (
    event_key, event_type, record_id, revision, outcome, code, path, item, content_hash, faults, source, event_id, received_at, month
)
select *, $13::timestamptz, date_trunc('month', $13::timestamptz at time zone 'Asia/Tokyo')::date
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::jsonb[],
    $11::text[], $12::text[]
)
on conflict do nothing

-- name: change_entered
-- $1 to $10 as for `enter`. An event that was refused or parked before may have become acceptable; every other row is final.
update event_log set
    event_type = again.event_type,
    record_id = again.record_id,
    revision = again.revision,
    content_hash = again.content_hash,
    hashed_composed = false,
    outcome = again.outcome,
    code = again.code,
    path = again.path,
    item = again.item,
    faults = again.faults
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::jsonb[]
) as again (event_key, event_type, record_id, revision, outcome, code, path, item, content_hash, faults)
where event_log.event_key = again.event_key and event_log.outcome in ('refused', 'parked')

-- name: evidence
-- $1 text[] sources, $2 text[] fields. Nobody else counts there before the commit.
select source, field, numbers, valid, weight, marks, vouched, stopped_at is not null as stopped
from numbering
join unnest($1::text[], $2::text[]) as wanted (source, field) using (source, field)
order by source, field
for update of numbering

-- name: begin_evidence
-- $1 text[] sources, $2 text[] fields, in order: a row for each, so that there is one to lock.
insert into numbering (source, field, numbers, valid, weight, marks)
select source, field, 0, 0, 0, '' from unnest($1::text[], $2::text[]) as begun (source, field)
on conflict do nothing

-- name: save_evidence
-- $1 text[] sources, $2 text[] fields, $3 bigint[] numbers, $4 bigint[] valid ones, $5 float8[] weights, $6 bytea[] marks,
-- $7 timestamptz[] when the feed was stopped for it, or null. Of rows that `evidence` locked.
update numbering
set numbers = heard.numbers, valid = heard.valid, weight = heard.weight, marks = heard.marks, stopped_at = heard.stopped_at
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::float8[], $6::bytea[], $7::timestamptz[])
    as heard (source, field, numbers, valid, weight, marks, stopped_at)
where (numbering.source, numbering.field) = (heard.source, heard.field)

-- name: hold
-- $1 uuid[] event keys, $2 text type, $3 text reason, $4 bytea[] sealed bodies. Returns those that were not parked before.
-- Of one that is sent again meanwhile the last sending counts.
insert into parked (event_id, type, reason, body)
select event_key, $2, $3, body from unnest($1::uuid[], $4::bytea[]) as held (event_key, body) order by event_key
on conflict (event_id) do update set
    reason = excluded.reason,
    body = excluded.body,
    retry_at = null,
    discarded = false,
    attempts = parked.attempts + 1
returning event_id, xmax = 0 as is_new

-- name: stopped_for
-- The fields for which feeds are stopped.
select source, field from numbering where stopped_at is not null order by source, field

-- name: numberings
-- What is known of the numbers of twelve digits of every field.
select source, field, numbers, valid, stopped_at, vouched from numbering order by source, field

-- name: held_by_source
-- $1 text reason. How many events of a stopped feed are held, of those that nobody decided about yet.
select source, count(*) as events
from parked
join event_log on event_log.event_key = parked.event_id
where reason = $1 and retry_at is null and not discarded
group by source
order by source

-- name: release_feed
-- $1 text source, $2 boolean: their check digits are its own, do not watch them any more. Counts anew. Returns the fields it was
-- stopped for.
update numbering
set stopped_at = null, numbers = 0, valid = 0, weight = 0, marks = '', vouched = vouched or $2
where source = $1 and stopped_at is not null
returning field

-- name: take_up_held
-- $1 text source, $2 text reason: the running service takes them up at its next looks.
update parked
set retry_at = now()
from event_log
where event_log.event_key = parked.event_id and source = $1 and reason = $2 and not discarded

-- name: refuse_held
-- $1 text source, $2 text reason, $3 text code, $4 text item: what is held of a stopped feed is refused after all. Returns what the
-- ledger knows of it.
update event_log
set outcome = 'refused', code = $3, item = $4
from parked
where event_log.event_key = parked.event_id and source = $1 and parked.reason = $2 and retry_at is null and outcome = 'parked'
returning event_key, event_log.event_id, event_type, record_id, revision, event_log.path, repeats

-- name: unpark
-- $1 uuid[] keys: handled at last, or discarded. Returns those that were parked, with their source, which the ledger knows.
with gone as (delete from parked where event_id = any($1::uuid[]) returning event_id)
select event_key, source from event_log join gone on event_log.event_key = gone.event_id order by event_key

-- name: count_repeats
-- $1 uuid[] keys, $2 int[] how often each came again.
update event_log
set repeats = event_log.repeats + again.n
from unnest($1::uuid[], $2::int[]) as again (event_key, n)
where event_log.event_key = again.event_key

-- name: save_records
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids, $4 bigint[] revisions, $5 text[] operations, $6 bytea[] hashes,
-- $7 text[] person numbers, $8 text[] places that are in doubt, as JSON, or null, $9 int[] versions of the code tables that were applied,
-- $10, $11 int[] marks of birth and name. Of records that were not held, in order: one that another process saved meanwhile is not
-- written, and the count tells.
insert into record (source, event_type, record_id, revision, operation, content_hash, person_no, doubts, gaiji, birth_mark, name_mark)
select source, event_type, record_id, revision, operation, content_hash, person_no, doubts::jsonb, gaiji, birth_mark, name_mark
from unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::int[], $10::int[], $11::int[]
) as fresh (source, event_type, record_id, revision, operation, content_hash, person_no, doubts, gaiji, birth_mark, name_mark)
on conflict do nothing

-- name: change_records
-- The same of records that are held, and locked: their newer revision.
update record set
    revision = newer.revision,
    operation = newer.operation,
    content_hash = newer.content_hash,
    hashed_composed = false,
    person_no = newer.person_no,
    doubts = newer.doubts::jsonb,
    gaiji = newer.gaiji,
    birth_mark = newer.birth_mark,
    name_mark = newer.name_mark
from unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::int[], $10::int[], $11::int[]
) as newer (source, event_type, record_id, revision, operation, content_hash, person_no, doubts, gaiji, birth_mark, name_mark)
where (record.source, record.event_type, record.record_id) = (newer.source, newer.event_type, newer.record_id)
    and record.revision < newer.revision

-- name: outcomes_by_source
-- How many distinct events came to what, and how many came again. From the tally: the ledger is never counted for a look.
select source, outcome, events, repeats from outcome_tally where events <> 0 or repeats <> 0 order by source, outcome

-- name: count_ledger
-- The same, counted anew, with what was counted of months that were dropped: the tally must say so, too.
select source, outcome, sum(events)::bigint as events, sum(repeats)::bigint as repeats
from (
    select source, outcome, count(*) as events, sum(repeats) as repeats from event_log group by source, outcome
    union all
    select source, outcome, events, repeats from dropped_tally
) as counted
group by source, outcome
order by source, outcome

-- name: count_events
-- Distinct events that were answered.
select coalesce(sum(events), 0)::bigint from outcome_tally

-- name: all_records
-- Everything that the input alone decides about the records.
select source, event_type, record_id, revision, operation, content_hash
from record
order by source collate "C", event_type collate "C", record_id collate "C"

-- name: refusals
-- $1 text source or null, $2 int limit. Newest first: what the owner of the data must see to.
select source, event_id, event_type, record_id, revision, code, path, item, faults, received_at, repeats
from refusal
where $1::text is null or source = $1
order by received_at desc, source, event_key
limit $2

-- name: refusals_by_reason
-- $1 text source or null. Each place that is wrong counts, so that an event may count under several.
select source, wrong ->> 1 as code, wrong ->> 0 as path, item, count(*) as events
from refusal
cross join jsonb_array_elements(coalesce(faults, jsonb_build_array(jsonb_build_array(path, code)))) as wrong
where $1::text is null or source = $1
group by source, wrong, item
order by events desc, source, code, path

-- name: count_refusals
-- $1 text source or null. Distinct events that were refused.
select coalesce(sum(events), 0)::bigint from outcome_tally where outcome = 'refused' and ($1::text is null or source = $1)
