-- Staff who were named to know where a protected child is.

-- name: holders_of
-- $1 person_id. Seen by whoever names them.
select staff_id, staff_name, staff_place, named_by_name, named_at, checked from whereabouts_holder where person_id = $1 order by named_at, staff_id

-- name: named_child
-- $1 person_id. What permission depends on, and what the child is called, in one statement.
select review.ward, review.protected, review.barred, review.offered_to, name.name,
    coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive,
    array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders
from review left join person_name as name on name.person_id = review.person_id
where review.person_id = $1
order by review.closed_at desc nulls first limit 1

-- name: opponents_called
-- $1 person_id. As the system: the names of the child's opponents, and of whoever lives with one of them.
with opponent as (
    select foe.person_id from measured as mine join measured as foe using (measure_id)
    where mine.person_id = $1 and not mine.opponent and foe.opponent
)
select name.name from opponent join person_name as name using (person_id) where name.name is not null
union
select name.name from opponent join person using (person_id)
join household_member as mate on mate.household_id = person.household_id
join person_name as name on name.person_id = mate.person_id where name.name is not null

-- name: name_holder
-- $1 person_id, $2 staff_id, $3 who names, $4 now, $5 name and $6 place of whoever is named, $7 name of who names, $8 how it was checked.
-- Nothing comes back of who was named before.
insert into whereabouts_holder (person_id, staff_id, named_by, named_at, staff_name, staff_place, named_by_name, checked)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning staff_id

-- name: end_holder
-- $1 person_id, $2 staff_id.
delete from whereabouts_holder where person_id = $1 and staff_id = $2 returning staff_id
