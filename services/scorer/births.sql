-- Of which births children are, and who bore them.

-- name: deliveries
-- $1 children: each one's pregnancies with their mother, else the certain mother alone, with her residence.
select c.person_id as child_id, d.pregnancy_id, m.mother_id, w.residence::text as mother_residence
from person c
left join delivery d on d.child_id = c.person_id
left join kinship k on k.child_id = c.person_id
cross join lateral (select coalesce(d.mother_id, k.mother_id) as mother_id) as m
left join person w on w.person_id = m.mother_id and w.present
where c.person_id = any($1::uuid[]) and (d.pregnancy_id is not null or k.mother_id is not null)
order by c.person_id, d.pregnancy_id;

-- name: births_beside
-- $1 children, $2 days within which births are one: their certain mother's births next to this one.
select c.person_id as child_id, b.before, b.after
from person c
join kinship k on k.child_id = c.person_id
cross join lateral (
    select
        max(o.birth_date) filter (where o.birth_date < c.birth_date - $2::int) as before,
        min(o.birth_date) filter (where o.birth_date > c.birth_date + $2::int) as after
    from person o
    where o.present
        and o.person_id in (select child_id from kinship where mother_id = k.mother_id union select child_id from delivery where mother_id = k.mother_id)
) as b
where c.person_id = any($1::uuid[]);
