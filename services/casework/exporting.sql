-- Lists of children that leave the system. Row-level security narrows all of it.

-- name: next_number
-- Who was refused afterwards leaves a gap.
select nextval('list_export_number')

-- name: ask
-- $1 export_id, $2 number, $3 ward, $4 purpose, $5 words, $6 stage or null, $7 format, $8 how many at most, $9 now, $10 staff id, $11 staff name,
-- $12 section in words. No row where this very form was sent before.
insert into list_export (export_id, number, ward, purpose, words, stage, format, most, asked_at, asked_by, asked_by_name, asked_by_place)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (export_id) do nothing
returning export_id

-- name: exports
-- $1 ward, $2 how many, $3 today. What waits for somebody first, the oldest of it before: to be decided, to be taken, to be deleted. Then the newest.
select export_id, number, purpose, words, stage, format, most, asked_at, asked_by, asked_by_name, decided_by_name, approved, take_until, taken_at,
    children, delete_by, deleted_at, deleted_how
from list_export where ward = $1
order by case when approved is null or (taken_at is not null and deleted_at is null) or (taken_at is null and take_until >= $3::date) then asked_at end,
    asked_at desc limit $2

-- name: lock_export
-- $1 export_id. Whoever comes second waits here, and then sees what the first one did.
select export_id, number, purpose, words, stage, format, most, asked_at, asked_by, asked_by_name, decided_by_name, approved, take_until, taken_at,
    children, delete_by, deleted_at, deleted_how
from list_export where export_id = $1 for update

-- name: decide
-- $1 export_id, $2 now, $3 staff id, $4 staff name, $5 whether it is approved, $6 until when it can be taken, or null.
update list_export set decided_at = $2, decided_by = $3, decided_by_name = $4, approved = $5, take_until = $6 where export_id = $1

-- name: take
-- $1 export_id, $2 now, $3 how many children, $4 the day by which it is to be deleted. The first time counts.
update list_export set taken_at = $2, children = $3, delete_by = $4 where export_id = $1 and taken_at is null

-- name: delete_export
-- $1 export_id, $2 now, $3 how.
update list_export set deleted_at = $2, deleted_how = $3 where export_id = $1

-- name: listed_children
-- $1 ward, $2 stage or null, $3 born no earlier (age scope), $4 how many. Who is under a measure is in no list that leaves (S07). One more than
-- may be in it tells that it would be too many. As in the list on the screen, whose reasons are all gone is none of those not begun. Of all that
-- is open this reads the reviews alone; what else stands in a line is looked up for those who are in it.
select review.person_id, review.birth_date, review.opened_on, review.needed, name.name, name.kana, review.case_state as state,
    review.case_due_on as due_on, (select lead_section from cases where cases.case_id = review.case_id) as lead_section,
    (
        select to_jsonb(word) from review_word as word where word.person_id = review.person_id order by word.version desc limit 1
    ) as word,
    (
        select jsonb_agg(jsonb_build_object('dispute', to_jsonb(dispute), 'answers', (
            select jsonb_agg(to_jsonb(each) order by each.version) from dispute_answer as each where each.dispute_id = dispute.dispute_id
        )) order by dispute.asked_at) from dispute where dispute.person_id = review.person_id
    ) as disputes
from review
left join person_name as name on name.person_id = review.person_id
where review.ward = $1 and review.closed_at is null and not review.protected and (review.birth_date is null or review.birth_date >= $3)
    and ($2::text is null or (coalesce(review.case_state, 'noticed') = $2 and (review.needed or $2 <> 'noticed')))
order by name.kana, review.person_id
limit $4

-- name: count_children
-- $1 ward, $2 born no earlier (age scope). How many children a list of each stage would have, and, without a stage, one of all.
select coalesce(case_state, 'noticed') as state, count(*) filter (where needed or coalesce(case_state, 'noticed') <> 'noticed') as n,
    count(*) as of_all
from review
where ward = $1 and closed_at is null and not protected and (birth_date is null or birth_date >= $2)
group by 1

-- name: waiting
-- $1 ward, $2 staff id, $3 today, $4 uuid[] who is of the ward. What waits for somebody: lists of others that are not decided, and own ones, or
-- those of people who left, that are not deleted in time.
select count(*) filter (where approved is null and asked_by <> $2) as to_decide,
    count(*) filter (where (asked_by = $2 or asked_by <> all($4::uuid[])) and delete_by < $3 and deleted_at is null) as overdue
from list_export where ward = $1
