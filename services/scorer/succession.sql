-- A ruleset takes the place of another.

-- name: take_over_signals
-- $1 the ruleset from now on, $2 the one until now: what the ward was told stays told, so that nobody is announced a second time.
insert into review_signal (person_id, version, needed, groups, digest, ruleset, told_at)
select person_id, version, needed, groups, digest, $1, told_at from review_signal where ruleset = $2
on conflict (person_id, ruleset) do update
set (version, needed, groups, digest, told_at)
    = (excluded.version, excluded.needed, excluded.groups, excluded.digest, excluded.told_at)
where review_signal.version < excluded.version;

-- name: be_due
-- $1 children, $2 days: each is to be evaluated on its day, or sooner. Rows are locked in the order of their keys.
with mine as materialized (
    select d.person_id, i.evaluate_on
    from due d join unnest($1::uuid[], $2::date[]) as i (person_id, evaluate_on) on i.person_id = d.person_id
    order by d.person_id for update of d
)
update due set evaluate_on = least(due.evaluate_on, mine.evaluate_on) from mine where due.person_id = mine.person_id;

-- name: known_since
-- $1 children: since when the oldest of what counts is known.
select person_id, min(known_at) as since from evaluation
where superseded_at is null and counted and value = 'TRUE' and person_id = any($1::uuid[]) group by person_id;

-- name: end_trial_entries
-- $1 ruleset, $2 day, $3 children who are listed now.
update trial_listed set ended_on = $2 where ruleset = $1 and ended_on is null and person_id <> all($3::uuid[]);

-- name: list_on_trial
-- $1 ruleset, $2 day, $3 children, $4 groups as texts of arrays.
insert into trial_listed (ruleset, person_id, listed_on, groups)
select $1, i.person_id, $2, i.groups::text[] from unnest($3::uuid[], $4::text[]) as i (person_id, groups)
where not exists (select from trial_listed t where t.ruleset = $1 and t.person_id = i.person_id and t.ended_on is null)
on conflict (ruleset, person_id, listed_on) do update set (ended_on, groups) = (null, excluded.groups);

-- name: count_on_trial
-- $1 ruleset: how many it would list.
select count(*) from trial_listed where ruleset = $1 and ended_on is null;

-- name: on_trial
-- $1 ruleset: whom it would list, the longest first.
select person_id, listed_on, groups from trial_listed where ruleset = $1 and ended_on is null order by listed_on, person_id;
