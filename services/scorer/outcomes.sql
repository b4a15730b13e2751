-- What reviews came to, and what people said of requests that were kept quiet.

-- name: hear_outcomes
-- One array per column. An older version never overwrites a newer one.
insert into review_outcome (
    review_id, person_id, case_id, version, ruleset, as_of, asked_at, closed_at, outcome, need, previously_unknown
)
select * from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::date[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[],
    $11::bool[]
) as told (review_id, person_id, case_id, version, ruleset, as_of, asked_at, closed_at, outcome, need, previously_unknown)
order by review_id
on conflict (review_id) do update
set (version, closed_at, outcome, need, previously_unknown)
    = (excluded.version, excluded.closed_at, excluded.outcome, excluded.need, excluded.previously_unknown)
where review_outcome.version < excluded.version;

-- name: outcomes
-- Reviews that are closed, the earliest first.
select review_id, person_id, case_id, ruleset, as_of, asked_at, closed_at, outcome, need, previously_unknown
from review_outcome where closed_at is not null order by closed_at, review_id;

-- name: hear_judgements
-- One array per column. What is heard twice is kept once.
insert into sample_judgement (signal_id, person_id, ruleset, as_of, asked_at, judged_at, needed, share)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::timestamptz[], $6::timestamptz[], $7::bool[], $8::float8[])
    as told (signal_id, person_id, ruleset, as_of, asked_at, judged_at, needed, share)
order by signal_id
on conflict do nothing;

-- name: hear_drawn
-- One array per column. What left the sample has left it, in whatever order that is heard.
insert into sample_drawn (signal_id, person_id, ruleset, as_of, asked_at, share, left_at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::timestamptz[], $6::float8[], $7::timestamptz[])
    as told (signal_id, person_id, ruleset, as_of, asked_at, share, left_at)
order by signal_id
on conflict (signal_id) do update set left_at = excluded.left_at where sample_drawn.left_at is null and excluded.left_at is not null;

-- name: samples
-- $1 ruleset, $2 and $3 days. What was judged in these days, and what waited to be at the end of the last one; the earliest first.
select coalesce(judged.person_id, drawn.person_id) as person_id, coalesce(judged.asked_at, drawn.asked_at) as asked_at,
    coalesce(judged.share, drawn.share) as share, case when judged.day between $2 and $3 then judged.needed end as needed
from (select *, (judged_at at time zone 'Asia/Tokyo')::date as day from sample_judgement where ruleset = $1) as judged
full join (
    select * from sample_drawn where ruleset = $1 and (asked_at at time zone 'Asia/Tokyo')::date <= $3
) as drawn using (signal_id)
where judged.day between $2 and $3
    or (drawn.signal_id is not null and (judged.day is null or judged.day > $3) and (left_at is null or (left_at at time zone 'Asia/Tokyo')::date > $3))
order by asked_at, signal_id;
