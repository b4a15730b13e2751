-- What was judged of subjects, and what follows from it: see `domain/judgements.py`.

-- name: judged
-- Whose the subjects are that were ever judged of, and which two are not the same person. They are few.
select subject, given_id, person_id, null as other from subject where person_id is not null
union all
select one, null, null, other from judgement
where word = 'not_same' and not exists (select from judgement as later where later.supersedes = judgement.judgement_id)

-- name: judgements
-- All that was ever judged.
select judgement_id, one, other, word, judged_by, basis, supersedes from judgement order by judged_at, judgement_id

-- name: given
-- $1 text[] subjects: those of them that were judged of before, with the ids of persons that they were given.
select subject, given_id from subject where subject = any($1::text[]) and given_id is not null

-- name: save_judgements
-- Arrays of the columns of `judgement` as named below, and $8 timestamptz when it was said.
insert into judgement (judgement_id, one, other, word, judged_by, basis, supersedes, judged_at)
select judgement_id, one, other, word, judged_by, basis, supersedes, $8::timestamptz
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])
    as said (judgement_id, one, other, word, judged_by, basis, supersedes)

-- name: save_subjects
-- $1 text[] subjects, $2 uuid[] the ids that they were given, $3 uuid[] whose they are now; $4 uuid how this state is called. Returns how often
-- each changed hands by now.
with called as (
    insert into judged_version (version) values ($4) on conflict (only_one) do update set version = excluded.version
)
insert into subject (subject, given_id, person_id, version)
select subject, given_id, person_id, 1 from unnest($1::text[], $2::uuid[], $3::uuid[]) as now (subject, given_id, person_id)
on conflict (subject) do update
set person_id = excluded.person_id,
    version = subject.version + (subject.person_id is distinct from excluded.person_id)::int
returning subject, version
