-- The page of a child. Row-level security narrows both.

-- name: child
-- $1 person_id, $2 today, $3 how many looks. All that a child's page shows and all that permission depends on, in one statement: a
-- measure that is committed meanwhile hides everything or nothing of what is here.
select review.person_id, review.version, review.ward, review.barred, review.opened_on, review.needed, review.basis_changed,
    review.protected, review.offered_to, coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive, array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders,
    person.birth_date, person.sex, person.household_id, person.covered_with, person.stands, person.overdue_since,
    case when
-- include: ../owner_holds.sql
    then review.assigned_name end as owner, name.name, name.kana, household.household_no,
    whereabouts.lives_in, whereabouts.left_on, whereabouts.address_code, town.name as town,
    review.closed_on, to_jsonb(cases) as case_row,
    (
        select to_jsonb(newest) from handover as newest where newest.case_id = cases.case_id
        order by newest.offered_at desc, newest.status = 'offered' desc limit 1
    ) as handover,
    (select jsonb_agg(to_jsonb(made) order by made.version) from case_move as made where made.case_id = cases.case_id) as past,
    (
        select jsonb_object_agg(decided.version, decided.verdicts) from (
            select said.version, jsonb_agg(said.verdict) as verdicts from objection_verdict as said
            where said.case_id = cases.case_id group by said.version
        ) as decided
    ) as verdicts,
    (
        select jsonb_agg(to_jsonb(word) order by word.version) from review_word as word where word.person_id = review.person_id
    ) as words,
    (
        select jsonb_agg(to_jsonb(mate) order by mate.birth_date, mate.person_id) from household_mate as mate
        where mate.household_id = person.household_id and mate.person_id <> review.person_id
          and (mate.starts is null or mate.starts <= $2) and (mate.ends is null or mate.ends > $2)
    ) as mates,
    (
        -- Whom people took for the same person, where there is a review of theirs, too.
        select jsonb_agg(jsonb_build_object('person_id', other.person_id, 'protected', other.protected, 'state', theirs.state) order by other.person_id)
        from (
            select coalesce((select survivor_id from person_alias where absorbed_id = review.person_id), review.person_id) as person_id
        ) as survivor
        cross join lateral (
            select survivor.person_id
            union select absorbed_id from person_alias where survivor_id = survivor.person_id
        ) as one
        join review as other on other.person_id = one.person_id and other.closed_at is null and other.person_id <> review.person_id
        left join cases as theirs on theirs.case_id = other.case_id
    ) as doubles,
    (
        -- Each person once, with the last look.
        select jsonb_agg(to_jsonb(look) order by look.at desc, look.id) from (
            select * from (
                select distinct on (staff_id) id, at, staff_name, staff_place, action from access_note
                where person_id = review.person_id and kind = 'access' and decision = 'permit' order by staff_id, at desc, id
            ) as last_looks order by at desc, id limit $3
        ) as look
    ) as looks
from review
join person on person.person_id = review.person_id
left join person_name as name on name.person_id = review.person_id
left join whereabouts on whereabouts.person_id = review.person_id
left join town on town.address_code = whereabouts.address_code
left join household on household.household_id = person.household_id and whereabouts.person_id is not null
left join cases on cases.case_id = review.case_id
where review.person_id = $1
-- The one that goes on; where there is none, the last one that ended.
order by review.closed_at desc nulls first limit 1

-- name: household_mates
-- $1 household_id, $2 person_id left out, $3 today.
select to_jsonb(mate) as mate from household_mate as mate
where mate.household_id = $1 and mate.person_id <> $2
  and (mate.starts is null or mate.starts <= $3) and (mate.ends is null or mate.ends > $3)
order by mate.birth_date, mate.person_id
