-- name: leave_out_who_nobody_looks_at
with looked_at as (
    select person.household_id from casework.review join casework.person using (person_id) where person.household_id is not null
), kept as (
    select person_id from casework.person where household_id in (select household_id from looked_at)
    union select person_id from casework.review
), gone as (
    delete from casework.person where person_id not in (select person_id from kept) returning person_id, household_id
), names as (
    delete from casework.person_name where person_id in (select person_id from gone)
), places as (
    delete from casework.whereabouts where person_id in (select person_id from gone)
), members as (
    delete from casework.household_member where person_id in (select person_id from gone)
)
delete from casework.household where household_id not in (select household_id from looked_at)

-- name: leave_out_most_looks
-- Wards that work four days in a minute look at the same lists all the time: of the looks at each child the last ten stay.
delete from casework.access_note where person_id is null or id in (
    select id from (select id, row_number() over (partition by person_id order by at desc) as place from casework.access_note) as looks
    where place > 10
)

-- name: cases
select count(*) from casework.cases

-- name: staff
-- Who did something is one of the staff that there are, in a copy as well.
select coalesce(array_agg(id), '{}') from identity.staff

-- name: tables
-- What grows with the children that are looked at: rows that name one of them. What the runtime holds is just under way.
select c.oid, c.oid::regclass::text as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'casework' and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname not in ('outbox', 'inbox', 'parked', 'numbered_entry')
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.atttypid = 'uuid'::regtype and not a.attisdropped)
order by c.oid

-- name: columns
-- $1 oid of a table. Numbers of the register are their people's own.
select quote_ident(a.attname) as name, format_type(a.atttypid, null) as type, a.attname in ('person_no', 'household_no') as own_name
from pg_attribute a
where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity <> 'a'
order by a.attnum

-- name: held
select (select count(*) from casework.cases) as cases, (select count(*) from casework.cases where state <> 'closed') as open_cases,
    (select count(*) from casework.review) as reviews, (select count(*) from casework.review where closed_at is null) as open_reviews,
    (select count(*) from casework.person) as people

-- name: walled
-- The tables whose rows the database shows by who asks.
select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'casework' and c.relrowsecurity order by c.oid

-- name: wards
-- The wards that have somebody to look at.
select ward from casework.review where closed_at is null and ward is not null group by ward order by count(*) desc, ward
