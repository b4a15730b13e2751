-- Who of a ward works with which reviews. Row-level security narrows all of it.

-- name: run
-- $1 run_id.
select run_id, made_at, made_by, made_by_name, to_id, to_name, to_section, fingerprint, left_out from assignment_run where run_id = $1

-- name: runs
-- $1 ward, $2 how many, $3 who asks. The newest first, each with how many it gave of those that `given` names; without one, the own ones alone.
select run_id, made_at, made_by, made_by_name, to_id, to_name, to_section, fingerprint, left_out, given
from assignment_run
cross join lateral (
    select count(*) as given from assignment join review on review.review_id = assignment.review_id
    where assignment.run_id = assignment_run.run_id and (not review.protected or assignment_run.made_by = $3)
) as told
where ward = $1 and (given > 0 or made_by = $3) order by made_at desc, run_id limit $2

-- name: given
-- $1 run_id, $2 who asks. The children that it gave, as far as they may still be seen. Only a holder takes a protected child: of an operation
-- with one, nobody but who made it is told, or the ward would know who is one.
select assignment.person_id, assignment.from_name, review.protected, name.name
from assignment
join assignment_run as made on made.run_id = assignment.run_id
join review on review.review_id = assignment.review_id
left join person_name as name on name.person_id = assignment.person_id
where assignment.run_id = $1 and (not review.protected or made.made_by = $2)
order by name.kana, assignment.person_id

-- name: loads
-- $1 ward, $2 today, $3 born no earlier (age scope). How many open reviews each has, and how many of their cases are late; in the end, nobody.
select case when holds then assigned_to end as owner, max(case when holds then assigned_name end) as name, count(*) as reviews,
    count(*) filter (where case_due_on < $2::date) as late
from (
    select review.assigned_to, review.assigned_name, review.case_due_on,
-- include: screens/owner_holds.sql
        as holds
    from review where closed_at is null and ward = $1 and (birth_date is null or birth_date >= $3)
) as review
group by 1

-- name: lock_chosen
-- $1 person_ids. In one order, so that two operations wait for each other and neither for both.
select from review where person_id = any ($1::uuid[]) and closed_at is null order by person_id for update

-- name: standing
-- $1 person_ids. Read after the lock: what stood in the same statement as the lock may be older than it.
select review.person_id, review.review_id, review.ward, review.protected, review.barred, review.offered_to, review.version,
    review.assigned_version, coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive,
    array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders,
    coalesce(cases.version, 0) as case_version, cases.lead_section, name.name,
-- include: screens/owner_holds.sql
    as holds, review.assigned_to, review.assigned_name
from review
left join cases on cases.case_id = review.case_id
left join person_name as name on name.person_id = review.person_id
where review.person_id = any ($1::uuid[]) and review.closed_at is null

-- name: keep_run
-- $1 run_id, $2 ward, $3 now, $4 staff id, $5 staff name, $6 to whom, $7 name, $8 section, $9 fingerprint, $10 left out as JSON. No row where this
-- very form was sent before.
insert into assignment_run (run_id, ward, made_at, made_by, made_by_name, to_id, to_name, to_section, fingerprint, left_out)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb)
on conflict (run_id) do nothing
returning run_id

-- name: assign
-- $1 review_ids, $2 run_id, $3 to whom or null, $4 name, $5 section, $6 ward.
with before as (
    select review.review_id, review.person_id,
        case when
-- include: screens/owner_holds.sql
        then assigned_to end as from_id,
        case when
-- include: screens/owner_holds.sql
        then assigned_name end as from_name
    from review where review_id = any ($1::uuid[])
), given as (
    insert into assignment (run_id, person_id, review_id, from_id, from_name)
    select $2, person_id, review_id, from_id, from_name from before
)
update review set assigned_to = $3, assigned_name = $4, assigned_section = $5, assigned_ward = case when $3::uuid is null then null else $6 end,
    assigned_version = assigned_version + 1
where review_id = any ($1::uuid[])
