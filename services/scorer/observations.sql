-- What staff saw of children.

-- name: hear_observations
-- One array per column. Returns of whom it is news: what is said twice is kept once.
insert into observation (event_id, person_id, case_id, version, observation, observed_on, recorded_at)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::date[], $7::timestamptz[])
    as told (event_id, person_id, case_id, version, observation, observed_on, recorded_at)
order by event_id
on conflict (event_id) do nothing
returning person_id;
