-- What the rows of the schools' lists are compared with, and what was decided of them: see `domain/roster.py`.

-- name: keep_schools
-- Arrays of the columns of `schooling`: what revisions say, newer ones than the record's and older ones. Returns the records of which one is new.
insert into schooling (record_key, revision, effective_on, school_code, grade)
select record_key, revision, effective_on, school_code, grade
from unnest($1::uuid[], $2::bigint[], $3::date[], $4::text[], $5::int[]) as given (record_key, revision, effective_on, school_code, grade)
order by record_key, revision
on conflict do nothing
returning record_key

-- name: schools
-- $1 uuid[] records: what all their revisions said.
select record_key, revision, effective_on, school_code, grade from schooling where record_key = any($1::uuid[])

-- name: children
-- $1 uuid[] persons, registered or not, $2 text the event type of their school: what is stored of them to compare, and all that it follows
-- from: birth date, sex, household, the register's names from the first to the newest, and the records that name their schools.
select asked.person_id, registered, birth_date, birth_precision, sex, household_id, comparable,
       (select json_agg(json_build_array(name, kana) order by position) from person_name where person_name.person_id = asked.person_id) as names,
       array(select key from record where subject_id = asked.person_id and event_type = $2 and state <> 'void') as school_records
from unnest($1::uuid[]) as asked (person_id)
left join person using (person_id)
left join comparable using (person_id)

-- name: pupils_asking
-- $1 bigint[] keys: the pupils whose rows name no number and ask by one of them.
select distinct pupil from roster_key join roster_row on roster_row.key = row_key where roster_key.key = any($1::bigint[]) order by pupil

-- name: candidates
-- $1 text[] the keys by which each row asks, as an array, $2 uuid[] persons who are not asked for: who shares a key with each row (`asking`: its
-- place, from one).
select found.asking, person_id, comparable
from (
    select distinct asking, comparable_key.person_id
    from unnest($1::text[]) with ordinality as asked (keys, asking)
    join comparable_key on comparable_key.key = any(keys::bigint[])
    where person_id <> all($2::uuid[])
) as found
-- Looked up one by one: of so many keys the planner expects so many persons that it reads all children of the city.
cross join lateral (select comparable from comparable where comparable.person_id = found.person_id offset 0) as stored

-- name: matches
-- $1 uuid[] rows: what was decided of them last.
select roster_row.key, roster_row.rule, roster_row.person_id, may_be, decision_id,
       verdict, match_decision.rule as why, reasons, candidates, runner_up_id, margin, model, frequencies, normaliser, gate
from roster_row join match_decision using (decision_id) where roster_row.key = any($1::uuid[])

-- name: claimants
-- $1 text[] lists and $2 uuid[] persons, pair by pair; $3 text[] pupils who are not asked for; $4 text[] pupils of whom people said who they
-- are; $5 text the event type of a list's rows, $6 text[] the matcher's rules: the other pupils of each list whose rows mean that person, by
-- the matcher (`by_machine`: before people or other rows were heeded), by their number, or by what people said.
with asked as (
    select list, person_id from unnest($1::text[], $2::uuid[]) as asked (list, person_id)
)
select pupil, asked.person_id, true as by_machine from roster_row join asked using (person_id)
where starts_with(pupil, list || '|') and pupil <> all($3::text[])
union
select pupil, asked.person_id, false from record join asked on record.subject_id = asked.person_id
where record.person_id = asked.person_id and event_type = $5 and state = 'linked' and pupil is not null
  and starts_with(pupil, list || '|') and pupil <> all($3::text[])
union
select pupil, asked.person_id, false from record join asked on record.person_id = asked.person_id
where pupil = any($4::text[]) and event_type = $5 and state = 'linked' and rule <> all($6::text[])
  and starts_with(pupil, list || '|') and pupil <> all($3::text[])
order by 1, 2, 3

-- name: save_children
-- $1 uuid[] persons whose entry for comparing is another one now, $2 text[] what it is (null: there is none), $3 text[] its keys as an array,
-- $4 text the normaliser's version.
with given as (
    select person_id, comparable::json, keys::bigint[] from unnest($1::uuid[], $2::text[], $3::text[]) as given (person_id, comparable, keys)
), before as (
    select person_id, key from comparable cross join unnest(keys) as key where person_id = any($1::uuid[])
), now as (
    select person_id, key from given cross join unnest(keys) as key
), gone as (
    delete from comparable where person_id in (select person_id from given where comparable is null)
), saved as (
    insert into comparable (person_id, comparable, normaliser, keys)
    select person_id, comparable, $4, keys from given where comparable is not null
    on conflict (person_id) do update set comparable = excluded.comparable, normaliser = excluded.normaliser, keys = excluded.keys
), cut as (
    delete from comparable_key using before
    where (comparable_key.key, comparable_key.person_id) = (before.key, before.person_id)
      and not exists (select from now where (now.key, now.person_id) = (before.key, before.person_id))
)
insert into comparable_key (key, person_id)
select key, person_id from now
where not exists (select from before where (before.key, before.person_id) = (now.key, now.person_id))
order by key, person_id

-- name: save_rows
-- $1 uuid[] rows that name no number any more, or were taken back; $2 linker.saved_row[] those that are decided again, $3 uuid[] which of
-- them were here before. $4 linker.made_decision[], $5 timestamptz when they were made: the decisions that are others than before.
with given as (
    select key, pupil, decision_id, rule, person_id, may_be::uuid[], keys::bigint[] from unnest($2::linker.saved_row[])
), before as (
    select roster_row.key as row_key, each as key from roster_row cross join unnest(keys) as each
    where roster_row.key = any($1::uuid[] || $3::uuid[])
), now as (
    select given.key as row_key, each as key from given cross join unnest(keys) as each
), decided as (
    insert into match_decision (decision_id, record_key, source, event_type, record_id, revision, decided_at, verdict, rule, reasons, person_id,
                                weight, runner_up_id, margin, candidates, model, frequencies, normaliser, gate, supersedes)
    select decision_id, record_key, source, event_type, record_id, revision, $5::timestamptz, verdict, rule, reasons, person_id, weight,
           runner_up_id, margin, candidates, model, frequencies, normaliser, gate, supersedes
    from unnest($4::linker.made_decision[])
), gone as (
    delete from roster_row where key = any($1::uuid[])
), saved as (
    insert into roster_row (key, pupil, decision_id, rule, person_id, may_be, keys)
    select key, pupil, decision_id, rule, person_id, may_be, keys from given
    on conflict (key) do update
    set pupil = excluded.pupil, decision_id = excluded.decision_id, rule = excluded.rule, person_id = excluded.person_id,
        may_be = excluded.may_be, keys = excluded.keys, stale = false
), cut as (
    delete from roster_key using before
    where (roster_key.key, roster_key.row_key) = (before.key, before.row_key)
      and not exists (select from now where (now.key, now.row_key) = (before.key, before.row_key))
)
insert into roster_key (key, row_key)
select key, row_key from now
where not exists (select from before where (before.key, before.row_key) = (now.key, now.row_key))
order by key, row_key
