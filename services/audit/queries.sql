-- name: take_turn
-- $1 text: append, seal or finding. Held to the commit: only one transaction at a time gives out indices, so whoever sees the last index
-- sees all before it.
select from turn where name = $1 for no key update

-- name: log_size
-- From the primary key, not from a sequence: a sequence leaves gaps where a transaction was rolled back.
select coalesce(max(idx) + 1, 0) from entry

-- name: leaves_of_numbers
-- $1 text[] producers, $2 int[] lanes, $3 bigint[] sequences.
select number.producer, number.lane, number.sequence, entry.leaf
from unnest($1::text[], $2::int[], $3::bigint[]) as asked (producer, lane, sequence)
join number using (producer, lane, sequence)
join entry on entry.idx = number.idx
order by entry.idx

-- name: append
-- One array per column. A number that is used already is refused, in whatever segment its entry lies.
with numbered as (
    insert into number (producer, lane, sequence, idx) select * from unnest($6::text[], $7::int[], $8::bigint[], $1::bigint[])
)
insert into entry (
    idx, event_id, type, ts, received, producer, lane, sequence, actor, role, actor_ward, session, action, thing_kind, thing_id,
    thing_ward, purpose, decision, relation, reason_code, correlation, origin, count, leaf, hash
)
select * from unnest(
    $1::bigint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::int[], $8::bigint[], $9::uuid[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[],
    $20::text[], $21::text[], $22::text[], $23::bigint[], $24::bytea[], $25::bytea[]
)

-- name: add_segments
-- Returns how many it made.
select add_segments()

-- name: entry_hashes
-- $1, $2 bigint: from, to (exclusive).
select hash from entry where idx >= $1 and idx < $2 order by idx

-- name: subtree_hashes
-- $1 smallint level, $2, $3 bigint: from, to (exclusive).
select hash from subtree where level = $1 and idx >= $2 and idx < $3 order by idx

-- name: keep_subtree
-- $1 smallint level, $2 bigint index, $3 bytea root.
insert into subtree (level, idx, hash) values ($1, $2, $3)

-- name: checkpoints_newest_first
-- Read through a cursor: the first may be forged.
select size, root, note, at from checkpoint order by size desc, note

-- name: keep_checkpoint
-- $1 bigint size, $2 bytea root, $3 text note, $4 timestamptz. Two sealers say the same, so the second is dropped.
insert into checkpoint (size, root, note, at) values ($1, $2, $3, $4) on conflict do nothing

-- name: keep_cosignatures
-- $1 bigint size, $2 text note, $3 timestamptz, $4 text[] witnesses, $5 text[] signature lines. A line that is there is said again.
insert into cosignature (size, note, at, witness, line)
select $1, $2, $3, witness, line from unnest($4::text[], $5::text[]) as cosigned (witness, line)
on conflict do nothing

-- name: last_cosigned
select size, witness, at, note from cosignature order by size desc, witness, line limit 1

-- name: keep_verification
-- $1 timestamptz, $2 bigint size, $3 text outcome, $4 int findings, $5 boolean full, $6 int gaps explained.
insert into verification (at, size, outcome, findings, is_full, explained) values ($1, $2, $3, $4, $5, $6)

-- name: last_verification
-- $1 boolean: only full ones.
select at, size, outcome, findings, is_full, explained from verification where is_full or not $1 order by id desc limit 1

-- name: received_at
-- $1 bigint index.
select received from entry where idx = $1

-- name: entries_between
-- $1, $2 bigint: from, to (exclusive). For the verification, a span at a time. By index and receipt: the key may have been dropped.
select idx, event_id, type, ts, received, producer, lane, sequence, actor, role, actor_ward, session, action, thing_kind, thing_id,
    thing_ward, purpose, decision, relation, reason_code, correlation, origin, count, leaf, hash
from entry where idx >= $1 and idx < $2 order by idx, received

-- name: leaves_between
-- $1, $2 bigint: from, to (exclusive). What is published.
select idx, leaf from entry where idx >= $1 and idx < $2 order by idx

-- name: next_index
-- $1 bigint. The first entry at or after it.
select min(idx) from entry where idx >= $1

-- name: checkpoints_between
-- $1, $2 bigint: sizes from (exclusive), to.
select size, root, note, at from checkpoint where size > $1 and size <= $2 order by size, note

-- name: checkpoints_beyond
-- $1 bigint: size from (exclusive), $2 int limit.
select size, root, note, at from checkpoint where size > $1 order by size, note limit $2

-- name: subtrees_of
-- $1 smallint[] levels, $2 bigint[] indices.
select level, idx, hash from subtree join unnest($1::smallint[], $2::bigint[]) as asked (level, idx) using (level, idx) order by level, idx

-- name: subtrees_beyond
-- $1 bigint: size of the log. Roots kept of subtrees that it does not fill.
select level, idx from subtree where idx >= $1::bigint >> level order by level, idx

-- name: entries_of_thing
-- $1 text thing id, $2 bigint after which entry (null: from the start), $3 int limit, $4, $5 timestamptz from, to (or null).
-- Oldest first: the answer to "who saw this child" is read as a story.
select idx, leaf, hash from entry
where thing_id = $1
  and ($2::bigint is null or (ts, idx) > (select ts, idx from entry where idx = $2))
  and ($4::timestamptz is null or ts >= $4) and ($5::timestamptz is null or ts < $5)
order by ts, idx limit $3

-- name: entries_of_actor
-- $1 uuid actor, $2 bigint after, $3 int limit, $4, $5 timestamptz from, to.
select idx, leaf, hash from entry
where actor = $1
  and ($2::bigint is null or (ts, idx) > (select ts, idx from entry where idx = $2))
  and ($4::timestamptz is null or ts >= $4) and ($5::timestamptz is null or ts < $5)
order by ts, idx limit $3

-- name: search_thing
-- The searches take the same parameters: $1 text thing id, $2 uuid actor, $3 text action, $4 text decision, $5, $6 timestamptz
-- from, to, $7 only what people did, $8 bigint before which entry (null: from the newest), $9 int limit. Each leads with the index that
-- fits its first condition: one statement for all would be planned for none.
select idx, leaf, hash from entry
where thing_id = $1
  and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
  and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
  and ($8::bigint is null or (ts, idx) < (select ts, idx from entry where idx = $8))
order by ts desc, idx desc limit $9

-- name: search_actor
-- As search_thing.
select idx, leaf, hash from entry
where actor = $2
  and ($1::text is null or thing_id = $1) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
  and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
  and ($8::bigint is null or (ts, idx) < (select ts, idx from entry where idx = $8))
order by ts desc, idx desc limit $9

-- name: search_action
-- As search_thing.
select idx, leaf, hash from entry
where action = $3
  and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($4::text is null or decision = $4)
  and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
  and ($8::bigint is null or (ts, idx) < (select ts, idx from entry where idx = $8))
order by ts desc, idx desc limit $9

-- name: search_people
-- As search_thing.
select idx, leaf, hash from entry
where $7::bool and role not like 'service:%'
  and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
  and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6)
  and ($8::bigint is null or (ts, idx) < (select ts, idx from entry where idx = $8))
order by ts desc, idx desc limit $9

-- name: search_all
-- As search_thing.
select idx, leaf, hash from entry
where true
  and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
  and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
  and ($8::bigint is null or (ts, idx) < (select ts, idx from entry where idx = $8))
order by ts desc, idx desc limit $9

-- name: count_thing
-- $1 to $7 as the searches, $8 int: so many are counted and no more, that a question about a log of years costs no more than one about
-- a day's.
select count(*) from (
    select from entry where thing_id = $1
    and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
    and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
    limit $8
) as found

-- name: count_actor
-- As count_thing.
select count(*) from (
    select from entry where actor = $2
    and ($1::text is null or thing_id = $1) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
    and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
    limit $8
) as found

-- name: count_action
-- As count_thing.
select count(*) from (
    select from entry where action = $3
    and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($4::text is null or decision = $4)
    and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
    limit $8
) as found

-- name: count_people
-- As count_thing.
select count(*) from (
    select from entry where $7::bool and role not like 'service:%'
    and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
    and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6)
    limit $8
) as found

-- name: count_all
-- As count_thing.
select count(*) from (
    select from entry where true
    and ($1::text is null or thing_id = $1) and ($2::uuid is null or actor = $2) and ($3::text is null or action = $3) and ($4::text is null or decision = $4)
    and ($5::timestamptz is null or ts >= $5) and ($6::timestamptz is null or ts < $6) and (not $7::bool or role not like 'service:%')
    limit $8
) as found

-- name: count_of_thing
-- $1 text thing id, $2, $3 timestamptz from, to.
select count(*) from entry
where thing_id = $1 and ($2::timestamptz is null or ts >= $2) and ($3::timestamptz is null or ts < $3)

-- name: people_of_thing
-- $1 text thing id, $2, $3 timestamptz from, to. Who looked at a person or did something for them, by what tied them to it. Of what is no
-- person nobody is in charge; and who looks into the log about a person does not look at them.
select actor, role, actor_ward, relation, decision, coalesce(reason_code ~ '(^|\.)emergency(\.|$)', false) as is_emergency,
    count(*) as entries, min(ts) as first_at, max(ts) as last_at
from entry
where thing_id = $1 and thing_kind in ('child', 'adult') and role not like 'service:%'
  and ($2::timestamptz is null or ts >= $2) and ($3::timestamptz is null or ts < $3)
group by actor, role, actor_ward, relation, decision, is_emergency
order by min(ts), actor, role

-- name: count_of_actor
-- $1 uuid actor, $2, $3 timestamptz from, to.
select count(*) from entry
where actor = $1 and ($2::timestamptz is null or ts >= $2) and ($3::timestamptz is null or ts < $3)

-- name: entry_at
-- $1 bigint index.
select idx, leaf, hash from entry where idx = $1

-- name: entries_per_lane
-- A lane is complete when the count equals the highest number: numbers begin at 1 and are unique.
select producer, lane, count(*) as entries, max(sequence) as last from entry group by producer, lane order by producer, lane

-- name: entries_per_action
select producer, action, count(*) as entries from entry group by producer, action order by producer, action

-- name: entries_of_reason
-- $1 text reason code.
select action, count(*) as entries from entry where reason_code = $1 group by action order by action

-- name: content
-- The log as a bag of deeds: no indices, no times, no numbers, no keys and nothing found by the clock, which differ from run to run.
select producer, action, thing_kind, coalesce(thing_id, '') as thing_id, role, decision, count(*) as entries
from entry
where action not in ('audit.producer_key_taken', 'audit.finding_raised')
group by producer, action, thing_kind, coalesce(thing_id, ''), role, decision
order by producer collate "C", action collate "C", thing_kind collate "C", coalesce(thing_id, '') collate "C", role collate "C", decision collate "C"

-- name: leaves_of_action
-- $1 text action.
select idx, leaf from entry where action = $1 order by idx

-- name: numbers_state
-- $1 text producer, $2 int lane, $3, $4 bigint first and last number, $5 bigint before which entry.
select count(*) as present,
    count(*) filter (where idx < $5) = 0
        and exists (select from number where producer = $1 and lane = $2 and sequence > $4 and idx < $5) as is_gap
from number where producer = $1 and lane = $2 and sequence between $3 and $4
