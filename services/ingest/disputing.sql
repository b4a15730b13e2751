-- Records that staff call wrong or outdated, and what their owners say.

-- name: hear_disputes
-- $1 dispute_ids, $2 numbers, $3 sources, $4 items, $5 kinds, $6 words, $7 days, $8 whether the answer rests on the records, $9 their event types
-- and $10 their ids, each list as JSON, $11 now. What is heard twice is kept once.
insert into dispute (dispute_id, number, source, item, kind, words, asked_on, rests_on, event_types, record_ids, heard_at)
select dispute_id, number, source, item, kind, words, asked_on, rests_on, array(select jsonb_array_elements_text(event_types::jsonb)),
    array(select jsonb_array_elements_text(record_ids::jsonb)), $11::timestamptz
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::bool[], $9::text[], $10::text[])
    as told (dispute_id, number, source, item, kind, words, asked_on, rests_on, event_types, record_ids)
order by dispute_id
on conflict (dispute_id) do nothing

-- name: disputes
-- $1 sources, $2 how many. What nobody has settled first, the oldest of it before; then what was settled, the newest before.
select dispute.*, last.version, last.answer, last.answered_at
from dispute left join lateral (
    select version, answer, answered_at from dispute_answer as each where each.dispute_id = dispute.dispute_id order by version desc limit 1
) as last on true
where source = any($1::text[])
order by coalesce(last.answer, 'looking') <> 'looking', case when coalesce(last.answer, 'looking') = 'looking' then asked_on end, last.answered_at desc, number
limit $2

-- name: one_dispute
-- $1 dispute_id.
select dispute.*, (select max(version) from dispute_answer as each where each.dispute_id = dispute.dispute_id) as version,
    (
        select jsonb_agg(to_jsonb(each) order by each.version) from dispute_answer as each where each.dispute_id = dispute.dispute_id
    ) as answers
from dispute where dispute_id = $1

-- name: lock_dispute
-- $1 dispute_id, $2 sources. Whoever answers second waits here, and then sees what the first one said.
select dispute_id from dispute where dispute_id = $1 and source = any($2::text[]) for update

-- name: last_answer
-- $1 dispute_id. Read after the lock.
select coalesce(max(version), 0) from dispute_answer where dispute_id = $1

-- name: answer_dispute
-- $1 dispute_id, $2 version, $3 answer, $4 words, $5 now, $6 staff id, $7 how they are named for good.
insert into dispute_answer (dispute_id, version, answer, words, answered_at, staff_id, staff_label) values ($1, $2, $3, $4, $5, $6, $7)
