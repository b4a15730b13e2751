-- name: lock
-- $1 bigint[]: what this transaction is going to change, in ascending order: two transactions that lock in one order never wait
-- for each other in a ring.
select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key

-- name: records_named
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids: those records.
select record.* from unnest($1::text[], $2::text[], $3::text[]) as named (source, event_type, record_id)
join record using (source, event_type, record_id)
order by source, event_type, record_id

-- name: records_of_pregnancies
-- $1 uuid[] pregnancies: all records that name them.
select * from record where stated_pregnancy_id = any($1::uuid[]) order by source, event_type, record_id

-- name: statements_about
-- $1 uuid[] persons, $2 text event type: the register's current statements about them.
select * from record where subject_id = any($1::uuid[]) and event_type = $2 and state <> 'void' order by source, event_type, record_id

-- name: facts_about
-- $1 uuid[] persons, $2 text[] the register's event types. All other records that name them, or a pregnancy of theirs.
select * from record
where subject_id = any($1::uuid[]) and event_type <> all($2::text[]) and state <> 'void'
union
select record.* from record
join pregnancy on pregnancy.pregnancy_id = record.stated_pregnancy_id
where pregnancy.mother_id = any($1::uuid[]) and state <> 'void'
order by source, event_type, record_id

-- name: persons
-- $1 uuid[].
select * from person where person_id = any($1::uuid[]) order by person_id

-- name: memberships
-- $1 uuid[] persons: every household that they were ever in.
select membership.*, household.household_no from membership
join household using (household_id)
where person_id = any($1::uuid[])
order by person_id, position

-- name: kin
-- $1 uuid[] households: everybody who was ever in one of them, with every household that they were ever in.
select person_id, birth_date, sex, each.household_id, household_no, relationship, valid_from, valid_to
from (select distinct person_id from membership where household_id = any($1::uuid[])) as people
join person using (person_id)
join membership as each using (person_id)
join household on household.household_id = each.household_id
order by person_id, position

-- name: pregnancies_around
-- $1 uuid[] persons: the pregnancies of which one of them is the mother, or is named as a child.
select * from pregnancy where mother_id = any($1::uuid[])
union
select * from pregnancy where children <> '{}' and children && $1::uuid[]
order by pregnancy_id

-- name: pregnancies
-- $1 uuid[] pregnancies.
select * from pregnancy where pregnancy_id = any($1::uuid[]) order by pregnancy_id

-- name: deliveries
-- $1 uuid[] children.
select * from delivery where child_id = any($1::uuid[]) order by child_id, pregnancy_id

-- name: save_records
-- Arrays of the columns of `record`, in its order; $8 is JSON text. An older revision never overwrites a newer one.
insert into record
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data::jsonb, subject_id, stated_pregnancy_id,
       state, rule, reason, person_id, pregnancy_id, said
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::date[], $6::timestamptz[], $7::uuid[], $8::text[], $9::uuid[],
            $10::uuid[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::uuid[], $16::int[])
    as given (source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id,
              state, rule, reason, person_id, pregnancy_id, said)
on conflict (source, event_type, record_id) do update
set revision = excluded.revision, effective_on = excluded.effective_on, recorded_at = excluded.recorded_at,
    event_id = excluded.event_id, data = excluded.data, subject_id = excluded.subject_id,
    stated_pregnancy_id = excluded.stated_pregnancy_id, state = excluded.state, rule = excluded.rule, reason = excluded.reason,
    person_id = excluded.person_id, pregnancy_id = excluded.pregnancy_id, said = excluded.said
where record.revision < excluded.revision

-- name: relink_records
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids, $4 text[] states, $5 text[] rules, $6 text[] reasons, $7 uuid[]
-- persons, $8 uuid[] pregnancies, $9 int[] said. What became of records that were here already.
update record
set state = given.state, rule = given.rule, reason = given.reason, person_id = given.person_id, pregnancy_id = given.pregnancy_id,
    said = given.said
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::int[])
    as given (source, event_type, record_id, state, rule, reason, person_id, pregnancy_id, said)
where (record.source, record.event_type, record.record_id) = (given.source, given.event_type, given.record_id)

-- name: save_persons
-- Arrays of the columns of `person` without the kinship version, in its order; the last is JSON text.
insert into person (person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code, household_id,
                    residence)
select person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code, household_id,
       residence::jsonb
from unnest($1::uuid[], $2::text[], $3::bool[], $4::int[], $5::int[], $6::date[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::uuid[], $12::text[])
    as given (person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code, household_id,
              residence)
on conflict (person_id) do update
set registered = excluded.registered, version = excluded.version, identity_version = excluded.identity_version,
    birth_date = excluded.birth_date, sex = excluded.sex, name = excluded.name, kana = excluded.kana,
    address_code = excluded.address_code, household_id = excluded.household_id, residence = excluded.residence

-- name: forget_names
-- $1 uuid[] persons.
delete from person_name where person_id = any($1::uuid[])

-- name: save_names
-- $1 uuid[] persons, $2 date[] since, $3 int[] positions, $4 text[] names, $5 text[] kana.
insert into person_name (person_id, since, position, name, kana)
select * from unnest($1::uuid[], $2::date[], $3::int[], $4::text[], $5::text[])

-- name: forget_memberships
-- $1 uuid[] persons.
delete from membership where person_id = any($1::uuid[])

-- name: save_memberships
-- $1 uuid[] persons, $2 int[] positions, $3 uuid[] households, $4 text[] relationships, $5 date[] from, $6 date[] to.
insert into membership (person_id, position, household_id, relationship, valid_from, valid_to)
select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::date[], $6::date[])

-- name: count_up_households
-- $1 uuid[] households, $2 text[] their numbers. Returns the version that each has now.
insert into household (household_id, household_no, version)
select household_id, household_no, 1 from unnest($1::uuid[], $2::text[]) as given (household_id, household_no)
on conflict (household_id) do update set version = household.version + 1
returning household_id, version

-- name: save_pregnancies
-- $1 uuid[] pregnancies, $2 text[] numbers, $3 uuid[] mothers, $4 date[] due, $5 date[] issued, $6 text[] outcomes, $7 date[] ended;
-- $8 uuid[], $9 uuid[]: pregnancy and child, pair by pair, because arrays of arrays must be rectangular.
insert into pregnancy (pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on, children)
select given.*, coalesce(named.children, '{}')
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[], $5::date[], $6::text[], $7::date[])
    as given (pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on)
left join (
    select pregnancy_id, array_agg(child_id order by child_id) as children
    from unnest($8::uuid[], $9::uuid[]) as pair (pregnancy_id, child_id)
    group by pregnancy_id
) as named using (pregnancy_id)
on conflict (pregnancy_id) do update
set mother_id = excluded.mother_id, due_on = excluded.due_on, issued_on = excluded.issued_on, outcome = excluded.outcome,
    ended_on = excluded.ended_on, children = excluded.children

-- name: forget_pregnancies
-- $1 uuid[]: every record about them was taken back.
delete from pregnancy where pregnancy_id = any($1::uuid[])

-- name: forget_deliveries
-- $1 uuid[] children.
delete from delivery where child_id = any($1::uuid[])

-- name: save_deliveries
-- $1 uuid[] children, $2 uuid[] pregnancies, $3 uuid[] mothers, $4 text[] rules.
insert into delivery (child_id, pregnancy_id, mother_id, rule) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])

-- name: count_up_kinship
-- $1 uuid[] children. Returns the version that each has now.
update person set kinship_version = kinship_version + 1 where person_id = any($1::uuid[]) returning person_id, kinship_version

-- name: measures
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids.
select protection_measure.* from unnest($1::text[], $2::text[], $3::text[]) as named (source, event_type, record_id)
join protection_measure using (source, event_type, record_id)
order by source, event_type, record_id

-- name: save_measure
-- Columns of `protection_measure`, in its order. Once per measure: they are few, and their lists differ in length.
insert into protection_measure values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (measure_id) do update
set version = excluded.version, valid_from = excluded.valid_from, valid_to = excluded.valid_to, applicant_id = excluded.applicant_id,
    protected = excluded.protected, opponents = excluded.opponents, voided = excluded.voided

-- name: note_decisions
-- Arrays of the columns of `link_decision` after its id; $1 timestamptz.
insert into link_decision (decided_at, subject, source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id)
select $1::timestamptz, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[],
                                      $10::uuid[], $11::uuid[])

-- name: lock_watermarks
-- One transaction at a time counts them; held to the commit, so that the last partition sees all the others.
select pg_advisory_xact_lock(hashtextextended('linker.watermark', 0))

-- name: see_watermarks
-- $1 text[] sources, $2 date[] complete through, $3 uuid[] events (one per partition).
insert into watermark_seen (source, complete_through, event_id)
select * from unnest($1::text[], $2::date[], $3::uuid[])
on conflict do nothing

-- name: watermarks_seen_everywhere
-- $1 text[] sources, $2 date[] complete through, $3 int partitions. Those of the given that have come by on all partitions.
select source, complete_through
from watermark_seen
where (source, complete_through) in (select * from unnest($1::text[], $2::date[]))
group by source, complete_through
having count(*) >= $3
order by source, complete_through
