-- Quiet requests to look that are drawn, and that a person judges. Row-level security narrows all of it.

-- name: save_samples
-- $1 event_ids that were drawn and are quiet, $2 person_ids, $3 the share that was drawn by. What was drawn once stays so, by its share of then.
with drawn as (
    insert into sample (event_id, person_id, share)
    select event_id, person_id, $3 from unnest($1::uuid[], $2::uuid[]) as drawn (event_id, person_id) order by event_id
    on conflict do nothing
    returning event_id, person_id, share
)
select drawn.event_id, drawn.person_id, drawn.share, word.ruleset, word.as_of, word.said_at
from drawn join review_word as word using (event_id) order by event_id

-- name: leave_samples
-- $1 event_ids that are not quiet. What people judged stays, also where its request is quiet no more.
with gone as (
    delete from sample where event_id = any($1::uuid[]) and judged_at is null returning event_id, person_id, share
)
select gone.event_id, gone.person_id, gone.share, word.ruleset, word.as_of, word.said_at
from gone join review_word as word using (event_id) order by event_id

-- name: tell_samples
-- $1 how many. What the scorer was not told of; nobody else tells it meanwhile.
with untold as (
    select event_id from sample where not told order by event_id limit $1 for update skip locked
),
telling as (
    update sample set told = true where event_id = any(array(select event_id from untold)) returning event_id, person_id, share
)
select telling.event_id, telling.person_id, telling.share, word.ruleset, word.as_of, word.said_at
from telling join review_word as word using (event_id) order by event_id

-- name: waiting
-- $1 ward, $2 born no earlier (age scope), $3 how many. The oldest first; each with how many there are.
select sample.event_id, sample.person_id, review.protected, review.birth_date, name.name, to_jsonb(word) as word, disposition.until, ended.outcome,
    ended.closed_on, ended.ended_by, review.closed_at is null as is_open_again, count(*) over () as together
from sample
join disposition using (event_id)
join review_word as word on word.event_id = sample.event_id
cross join lateral (
    select protected, birth_date, ward, closed_at from review where review.person_id = sample.person_id order by closed_at desc nulls first limit 1
) as review
-- include: ended.sql
left join person_name as name on name.person_id = sample.person_id
where sample.judged_at is null and review.ward = $1 and (review.birth_date is null or review.birth_date >= $2)
order by word.as_of, sample.event_id limit $3

-- name: judged
-- $1 ward, $2 born no earlier (age scope), $3 how many. The newest first.
select sample.event_id, sample.person_id, review.protected, review.birth_date, name.name, sample.needed, sample.why, sample.judged_at,
    sample.judged_by_name, sample.judged_by_place
from sample
cross join lateral (
    select protected, birth_date, ward from review where review.person_id = sample.person_id order by closed_at desc nulls first limit 1
) as review
left join person_name as name on name.person_id = sample.person_id
where sample.judged_at is not null and review.ward = $1 and (review.birth_date is null or review.birth_date >= $2)
order by sample.judged_at desc, sample.event_id limit $3

-- name: days_of_waiting
-- $1 ward, $2 born no earlier (age scope). The day of each request that waits.
select word.as_of
from sample
join review_word as word on word.event_id = sample.event_id
cross join lateral (
    select birth_date, ward from review where review.person_id = sample.person_id order by closed_at desc nulls first limit 1
) as review
where sample.judged_at is null and review.ward = $1 and (review.birth_date is null or review.birth_date >= $2)

-- name: lock_sample
-- $1 event_id. Whoever comes second waits here, and then sees what the first one judged.
select sample.person_id, word.ruleset, word.as_of, word.said_at, sample.share, sample.judged_at, review.ward, review.protected, review.barred,
    review.offered_to, coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive,
    array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders, ended.ended_by
from sample
join review_word as word on word.event_id = sample.event_id
cross join lateral (
    select person_id, ward, protected, barred, offered_to, center_until, center_sensitive
    from review where review.person_id = sample.person_id order by closed_at desc nulls first limit 1
) as review
-- include: ended.sql
where sample.event_id = $1
for update of sample

-- name: judge
-- $1 event_id, $2 whether it was needed, $3 why, $4 now, $5 staff id, $6 staff name, $7 section in words.
update sample set (needed, why, judged_at, judged_by, judged_by_name, judged_by_place) = ($2, $3, $4, $5, $6, $7)
where event_id = $1 and judged_at is null
