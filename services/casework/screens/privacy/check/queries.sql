-- The privacy check of every year. What is gathered is counted as the system, in the tables as they are; it names nobody.

-- name: alone
-- Whoever gathers, looks up or signs waits for the others, and sees what they did; held to the commit: two people sign the same evidence.
select pg_advisory_xact_lock(hashtextextended('casework.privacy_check', 0))

-- name: by_tables
-- $1 today, $2 the first day of the year, $3 days to decide on an objection, $4 days for an owner's answer, $5 reviews that ended before are over
-- their time. How much was looked at, by item, and how much of it is amiss.
select 'exports' as item, count(*) filter (where taken_at is not null) as looked_at,
    count(*) filter (where deleted_at is null and delete_by < $1::date) as amiss
from list_export
union all
select 'emergencies', count(*), count(*) filter (where reviewed_at is null and review_due_on < $1)
from emergency where reviewed_at is null or started_at >= $2::date
union all
select 'holders', count(*), count(*) filter (where not exists (
    select from whereabouts_holder as holder where holder.person_id = review.person_id
))
from review where protected and closed_at is null
union all
select 'expired_measures', count(*), count(*) filter (where valid_to < $1) from measure where not voided
union all
select 'objections', count(*), count(*) filter (where (details ->> 'objected_on')::date + $3::int < $1 and not exists (
    select from objection_verdict as said where (said.case_id, said.version) = (made.case_id, made.version) and said.final
))
from case_move as made where move = 'record_objection'
union all
select 'disputes', count(*), count(*) filter (where asked_on + $4::int < $1 and not exists (
    select from dispute_answer as answer where answer.dispute_id = dispute.dispute_id and answer.answer <> 'looking'
))
from dispute
union all
select 'files', count(*), count(*) filter (where scanned <> 'clean') from case_file
union all
select 'retention', count(*), count(*) filter (where closed_on < $5::date) from review where closed_at is not null

-- name: unused
-- $1 uuid[] staff who may see children, $2 since. How many of them did nothing here.
select count(*) from unnest($1::uuid[]) as account (staff_id)
where not exists (select from access_note as note where note.staff_id = account.staff_id and note.at >= $2)

-- name: holders_left
-- $1 uuid[] staff who may come in. How many are named to know where a protected child is, and how many of them are no such staff.
select count(*) as looked_at, count(*) filter (where staff_id <> all($1::uuid[])) as amiss from whereabouts_holder

-- name: gather
-- $1 year, $2 text[] items, $3 int[] looked at, $4 int[] amiss, $5 now, $6 staff id, $7 staff name. A new run; what was looked up by hand stays
-- as it was looked up. Of two at once the second writes nothing.
with last as (
    select coalesce(max(run), 0) as run from privacy_check_evidence where year = $1
), counted as (
    select item, looked_at, amiss from unnest($2::text[], $3::int[], $4::int[]) as each (item, looked_at, amiss)
)
insert into privacy_check_evidence (year, run, item, looked_at, amiss, words, made_at, made_by, made_by_name)
select $1, last.run + 1, counted.item, counted.looked_at, counted.amiss, '', $5::timestamptz, $6::uuid, $7::text from counted, last
union all
select $1, last.run + 1, before.item, before.looked_at, before.amiss, before.words, before.made_at, before.made_by, before.made_by_name
from privacy_check_evidence as before join last on before.run = last.run
where before.year = $1 and before.item <> all($2::text[])
on conflict do nothing returning run

-- name: look_up
-- $1 year, $2 run, $3 item, $4 looked at, $5 amiss, $6 words, $7 now, $8 staff id, $9 staff name. What somebody looked up elsewhere, once a run.
insert into privacy_check_evidence (year, run, item, looked_at, amiss, words, made_at, made_by, made_by_name)
select $1, $2, $3, $4, $5, $6, $7, $8, $9 where $2 = (select max(run) from privacy_check_evidence where year = $1)
on conflict do nothing returning run

-- name: evidence
-- $1 year. Of its newest run.
select run, item, looked_at, amiss, words, made_at, made_by_name from privacy_check_evidence
where year = $1 and run = (select max(run) from privacy_check_evidence where year = $1) order by item

-- name: years
-- The years that were looked at, the newest first.
select distinct year from privacy_check_evidence order by year desc

-- name: findings
-- $1 year. As they stand, by their day.
select finding_id, version, item, title, owner, due_on, state, words, changed_at, changed_by_name from (
    select distinct on (finding_id) * from privacy_check_finding where year = $1 order by finding_id, version desc
) as finding order by state <> 'open', due_on, changed_at

-- name: find
-- $1 finding_id, $2 version, $3 year, $4 item, $5 title, $6 owner, $7 due on, $8 state, $9 words, $10 now, $11 staff id, $12 staff name. Pressed
-- twice, it is one; whoever comes second writes nothing.
insert into privacy_check_finding (
    finding_id, version, year, item, title, owner, due_on, state, words, changed_at, changed_by, changed_by_name
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning version

-- name: was_found
-- $1 finding_id, $2 year, $3 item, $4 title, $5 owner, $6 due on. Whether this is what was first written.
select exists (
    select from privacy_check_finding where finding_id = $1 and version = 1 and (year, item, title, owner, due_on) = ($2, $3, $4, $5, $6)
)

-- name: signatures
-- $1 year.
select seat, run, words, signed_at, signed_by, signed_by_name from privacy_check_signature where year = $1 order by signed_at

-- name: sign
-- $1 year, $2 seat, $3 run, $4 words, $5 now, $6 staff id, $7 staff name.
insert into privacy_check_signature (year, seat, run, words, signed_at, signed_by, signed_by_name)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning seat
