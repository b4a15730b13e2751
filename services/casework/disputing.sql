-- Reasons that staff call wrong or outdated.

-- name: next_number
-- Who was refused afterwards leaves a gap.
select nextval('dispute_number')

-- name: ask
-- $1 dispute_id, $2 number, $3 person_id, $4 item, $5 source, $6 kind, $7 why, $8 words to the owner, $9 today, $10 now, $11 staff id, $12 staff name,
-- $13 section in words, $14 version of the word that was looked at, $15 what it said, as JSON. No row where the same was asked already.
insert into dispute (
    dispute_id, number, person_id, item, source, kind, why, words, asked_on, asked_at, asked_by, asked_by_name, asked_by_place, word_version, told
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb)
on conflict do nothing
returning dispute_id

-- name: latest_word
-- $1 person_id.
select to_jsonb(word) from review_word as word where person_id = $1 order by version desc limit 1

-- name: names_at_home
-- $1 person_id. What it and those of its household are called.
select name, kana from person_name where person_id = $1
union all
select name.name, name.kana
from person
join household_member as member on member.household_id = person.household_id
join person_name as name on name.person_id = member.person_id
where person.person_id = $1

-- name: asked_before
-- $1 dispute_id, $2 person_id. Whether this very form was sent before.
select exists (select from dispute where dispute_id = $1 and person_id = $2)

-- name: disputes_of
-- $1 person_id. With all that their owners said, in order.
select to_jsonb(dispute) as dispute, (
    select jsonb_agg(to_jsonb(each) order by each.version) from dispute_answer as each where each.dispute_id = dispute.dispute_id
) as answers
from dispute where person_id = $1 order by asked_at, number

-- name: take_note
-- $1 dispute_id, $2 person_id, $3 version of the answer. A later answer than the one that was read stays news.
update dispute set seen = $3 where dispute_id = $1 and person_id = $2 and seen < $3 and answered >= $3
returning dispute_id

-- name: news
-- $1 ward, or null for all that may be seen; $2 how many. Children's own disputes with an answer that nobody has taken note of, and how many
-- there are in all.
select number, person_id, count(*) over () as together from dispute
where answered > seen and exists (
    select from review where review.person_id = dispute.person_id and ($1::text is null or review.ward = $1)
)
order by asked_at, number limit $2

-- name: hear_answers
-- $1 dispute_ids, $2 versions, $3 answers, $4 words, $5 days. What is heard twice is kept once; of what was disposed of, nothing is.
insert into dispute_answer (dispute_id, version, answer, words, answered_on)
select dispute_id, version, answer, words, answered_on
from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::date[]) as told (dispute_id, version, answer, words, answered_on)
where exists (select from dispute where dispute.dispute_id = told.dispute_id)
order by dispute_id, version
on conflict do nothing

-- name: settle
-- $1 dispute_ids of which something was heard. In whatever order answers came, the last one holds; what was settled stays so.
update dispute set answered = last.version, settled = settled or last.says_what_is_so
from (
    select dispute_id, max(version) as version, bool_or(answer <> 'looking') as says_what_is_so from dispute_answer
    where dispute_id = any($1::uuid[]) group by dispute_id
) as last
where dispute.dispute_id = last.dispute_id
