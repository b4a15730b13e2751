-- What is asked of people (`review_question`), and what they answered.

-- name: waiting
-- $1 text queue, $2 text reason or null, $3 text step of the last answer or null: 'open' is none that stands, $4 at most. Oldest first, with the
-- last answer to each.
select kind, one, other, reason, source, since, step, staff_id
from review_question as asked
left join lateral (
    select step, staff_id from review_answer as given
    where (given.kind, given.one, given.other) = (asked.kind, asked.one, asked.other) order by id desc limit 1
) as last on true
where queue = $1 and ($2::text is null or reason = $2)
  and ($3::text is null or $3 = case when step in ('proposed', 'unsure') then step else 'open' end)
order by since, kind, one, other limit $4

-- name: counts
-- How many questions wait, by queue, reason and what was answered last.
select queue, reason, case when step in ('proposed', 'unsure') then step else 'open' end as state, count(*) as questions,
       min(since) as oldest
from review_question as asked
left join lateral (
    select step from review_answer as given
    where (given.kind, given.one, given.other) = (asked.kind, asked.one, asked.other) order by id desc limit 1
) as last on true
group by 1, 2, 3 order by 1, 2, 3

-- name: question
-- $1 text kind, $2 uuid one, $3 text other: whether that is asked.
select reason, since, persons, is_protected from review_question where kind = $1 and one = $2 and other = $3

-- name: decided
-- $1 text kind, $2 uuid one, $3 text other, both keys of records, or a record and a revision of its own: whether the last answer to that is a
-- decision that holds, and about whom it is. Of two of whom one is protected from the other nobody learns that there was such a question.
with last as (
    select step, why, asked_at from review_answer where kind = $1 and one = $2 and other = $3 order by id desc limit 1
), whom as (
    select array_agg(distinct who) as persons
    from (
        select subject_id, person_id from record where key = any(array[$2, case when $1 <> 'revision' then $3::uuid end])
        union all
        select subject_id, null from statement where key = $2 and $1 = 'revision'
    ) as each cross join lateral unnest(array[subject_id, person_id]) as who
    where who is not null
)
select '' as reason, asked_at as since, persons,
       exists (select from protection_measure where not voided and protected && persons) as is_protected
from last cross join whom
where step in ('decided', 'confirmed', 'back_proposed', 'back_declined')
  and not exists (select from protection_measure where not voided and protected && persons and opponents && persons)

-- name: decisions
-- $1 at most: the decisions of people that hold, newest first, and whether somebody has begun to take one back.
select kind, one, other, last.step, last.why, last.staff_id, answered_at, record.source
from (
    select distinct on (kind, one, other) kind, one, other, step, why, staff_id, answered_at from review_answer
    order by kind, one, other, id desc
) as last
join record on record.key = last.one
cross join lateral (
    select array_agg(distinct who) as persons
    from (
        select subject_id, person_id from record where key = any(array[last.one, case when last.kind <> 'revision' then last.other::uuid end])
        union all
        select subject_id, null from statement where statement.key = last.one and last.kind = 'revision'
    ) as each cross join lateral unnest(array[subject_id, person_id]) as who
    where who is not null
) as whom
where step in ('decided', 'confirmed', 'back_proposed', 'back_declined')
  and not exists (select from protection_measure where not voided and protected && persons and opponents && persons)
order by answered_at desc, kind, one, other limit $1

-- name: answers
-- $1 text kind, $2 uuid one, $3 text other: what was answered, oldest first.
select step, why, staff_id, staff_label, answered_at, seen from review_answer where kind = $1 and one = $2 and other = $3 order by id

-- name: records
-- $1 uuid[] keys.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at, key
from record where key = any($1::uuid[])

-- name: revision
-- $1 uuid key, $2 bigint revision: a further revision of a record of the register.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, verdict
from statement where key = $1 and revision = $2

-- name: revision_before
-- $1 uuid key, $2 bigint revision: what the record said last before it, but for what is about somebody else by people's word.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, verdict
from statement where key = $1 and revision < $2 and data is not null and verdict is distinct from 'other' order by revision desc limit 1

-- name: entry_of
-- $1 uuid person, $2 uuid key: the entry of the register that is linked to them, but that one.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at, key
from record where subject_id = $1 and key <> $2 and state = 'linked' and event_type = 'resident.changed' order by key limit 1

-- name: persons_about
-- $1 uuid[] persons: when they were born, whether the register has them, and whether a measure protects them.
select person_id, birth_date, registered, exists (select from protection_measure where not voided and person_id = any(protected)) as is_protected
from person where person_id = any($1::uuid[]) order by person_id

-- name: answer
-- $1 text kind, $2 uuid one, $3 text other, $4 text step, $5 text why, $6 uuid who, $7 text their name as it stays, $8 text what was seen,
-- $9 timestamptz since when it was asked, $10 timestamptz now, $11 float8 what the evidence weighed, or null.
insert into review_answer (kind, one, other, step, why, staff_id, staff_label, seen, asked_at, answered_at, bits)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: close_pair
-- $1 text kind, $2 uuid one, $3 uuid other: people said that it is as it is.
delete from review_pair where kind = $1 and one = $2 and other = $3

-- name: answered
-- $1 timestamptz from when: what was answered since, by step and answer, and how many days half of it had waited at most.
select step, split_part(why, '.', 1) as answer, count(*) as answers,
       percentile_cont(0.5) within group (order by extract(epoch from answered_at - asked_at) / 86400) as days
from review_answer where answered_at >= $1 group by 1, 2 order by 1, 2

-- name: agreed
-- $1 timestamptz from when: final answers since, by what the evidence weighed. What was proposed and not confirmed is none.
select width_bucket(bits, array[0, 6, 18]::float8[]) as bucket, split_part(why, '.', 1) as answer, count(*) as answers
from review_answer where answered_at >= $1 and step in ('decided', 'confirmed', 'unsure') group by 1, 2 order by 1, 2

-- name: matched
-- $1 uuid key of a row of a school's list: what the machine decided of it last.
select candidates, reasons, margin, model from roster_row join match_decision using (decision_id) where roster_row.key = $1

-- name: school_of
-- $1 uuid person, $2 text the event type of the register of children of school age: the school that it names last.
select data ->> 'school_code' as school_code, data -> 'grade' as grade from record
where subject_id = $1 and event_type = $2 and state <> 'void' order by effective_on desc, key limit 1
