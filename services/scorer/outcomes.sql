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

-- name: judgements
-- The earliest first.
select person_id, ruleset, as_of, asked_at, judged_at, needed, share from sample_judgement order by judged_at, signal_id;
