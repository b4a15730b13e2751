-- What a simulation reads of the whole city: the answers that count, and where children live. No facts, unless a threshold changes.

-- name: counted_now
-- What is TRUE and counts, of everybody of whom anything is: whom the same is true of, together.
select items, array_agg(person_id) as children from (
    select person_id, array_agg(item order by item) as items from evaluation
    where superseded_at is null and counted and value = 'TRUE' group by person_id
) as each_child group by items;

-- name: answered
-- $1 items, $2 whether by a record: whose answers to one of them can change with a parameter. By a record: where one counts, or is waited for.
select distinct person_id from evaluation
where superseded_at is null and item = any($1::text[])
    and reason_code not in ('out_of_scope', 'not_born', 'not_resident', 'person_voided')
    and (not $2::bool or (counted and (evidence <> '{}' or reason_code = 'record_in_hand')));

-- name: answered_between
-- $1 items, $2 figure, $3 least and $4 most of it, $5 first birth date of those whom the items count of: of whom another threshold between these
-- can make an answer count, or count no longer. What says no figure, and what says otherwise than its figure does, is asked, too.
-- Children as a value, and looked up one by one: the answers of a city are not read from end to end.
select person_id from evaluation
where person_id = any(array(select person_id from person where birth_date >= $5::date))
    and item = any($1::text[]) and superseded_at is null
    and reason_code not in ('out_of_scope', 'not_born', 'not_resident', 'person_voided')
    and counted and (evidence <> '{}' or reason_code = 'record_in_hand')
    and not coalesce(case value
        when 'TRUE' then (detail ->> $2)::int >= $4::int else (detail ->> $2)::int < $3::int
    end, false)
group by person_id;

-- name: children_by_part
-- $1 day, $2 first birth date in scope, $3 first birth dates of the bands of age: how many children live here, by ward, band and sex.
select coalesce(lives.ward, 'unknown') as ward, width_bucket(p.birth_date, $3::date[]) as band, p.sex, count(*) as children
from person p
cross join lateral (
    select place ->> 2 as ward from jsonb_array_elements(p.places) as place
    where coalesce((place ->> 0)::date <= $1, true) and coalesce($1 < (place ->> 1)::date, true) limit 1
) as lives
where p.birth_date >= $2 and p.birth_date <= $1 and p.present
group by 1, 2, 3;

-- name: parts_of
-- $1 day, $2 first birth dates of the bands of age, $3 persons: to which part each belongs.
select p.person_id, coalesce(lives.ward, 'unknown') as ward, width_bucket(p.birth_date, $2::date[]) as band, p.sex
from person p
left join lateral (
    select place ->> 2 as ward from jsonb_array_elements(p.places) as place
    where coalesce((place ->> 0)::date <= $1, true) and coalesce($1 < (place ->> 1)::date, true) limit 1
) as lives on true
where p.person_id = any($3::uuid[]);
