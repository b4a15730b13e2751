-- What the linker asks its own tables.

-- name: records_of
-- $1 uuid[] persons: every record that is about one of them by what it names itself.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record where subject_id = any($1::uuid[]) order by source, event_type, record_id

-- name: revisions_of
-- $1 uuid[] persons: every further revision of the register that is about one of them.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, verdict
from statement where subject_id = any($1::uuid[]) order by source, event_type, record_id, revision

-- name: measures_naming
-- $1 uuid[] persons: the records of the measures that protect one of them, or protect from one.
select source, event_type, record_id from protection_measure
where applicant_id = any($1::uuid[]) or protected && $1::uuid[] or opponents && $1::uuid[] order by source, event_type, record_id

-- name: records_concerning
-- $1 uuid[] persons, $2 the event type of what was put aside: the records that are held and may concern one of them.
select distinct source, event_type, record_id from concern where person_id = any($1::uuid[]) and event_type <> $2 order by 1, 2, 3

-- name: candidates
-- $1 text source, $2 text event type, $3 text record id: the numbers of whom a record that is held may concern.
select person_no from concern join person using (person_id) where (source, event_type, record_id) = ($1, $2, $3) and registered order by 1

-- name: number_of_entry
-- $1 uuid key of an entry of the register that is about somebody: the number that it has.
select data ->> 'person_no' as person_no from record join person using (person_id) where key = $1 and state = 'linked' and registered

-- name: number_in_entry
-- $1 uuid key of an entry of the register, whatever became of it: the number that it has, or had; $2 text how the subject of an entry begins.
-- Of an entry that named several the last one about which something was judged: it may be parted also when the register took it back.
with named as (
    select coalesce(data ->> 'person_no', subject_no, person_no) as person_no, 1 as place, revision
    from record left join person on person.person_id = subject_id where key = $1
    union all
    select data ->> 'person_no', 2, revision from statement where key = $1
)
select person_no from named
where person_no is not null
order by exists (select from subject where subject = $2 || person_no) desc, place, revision desc limit 1

-- name: naming_number
-- $1 text number, $2 text[] the register's own event types: what is linked to nobody and names it.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record
where ltrim(subject_no, '0') = ltrim($1, '0') and subject_no = $1 and event_type <> all($2::text[]) and state in ('waiting', 'review')
order by source, event_type, record_id

-- name: open_named
-- $1 uuid[] keys, $2 bigint revision: those that wait or are in review.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record where key = any($1::uuid[]) and revision = $2 and state in ('waiting', 'review') order by source

-- name: records_named
-- $1 uuid[] keys, $2 uuid[] pregnancies, $3 text[] pupils: those records, and all that name one of the pregnancies or pupils, or one that those
-- records name. One may come twice.
with named as (
    select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
           person_id, pregnancy_id, said, subject_no, decided_at, pupil
    from record where key = any($1::uuid[])
)
select * from named
union all
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at, pupil
from record
where stated_pregnancy_id = any($2::uuid[] || array(select stated_pregnancy_id from named where stated_pregnancy_id is not null))
union all
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at, pupil
from record where pupil = any($3::text[] || array(select pupil from named where pupil is not null))
order by source, event_type, record_id

-- name: pupils_about
-- $1 uuid[] persons: whom the schools' lists name by them.
select distinct pupil from record where subject_id = any($1::uuid[]) and pupil is not null

-- name: care_lists
-- $1 text[] numbers without leading zeros, $2 text[] birth dates as the register says them: what lists one of the numbers as a child in its
-- person's care; and what is linked to nobody and lists one that the register gave up and that was of somebody born on such a day. One may
-- come twice.
with gone as materialized (
    select coalesce(array_agg(distinct ltrim(data ->> 'person_no', '0')), '{}') as numbers from statement where data ->> 'birth_date' = any($2::text[])
)
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record where care_nos && $1::text[]
union all
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record where care_nos is not null and state in ('waiting', 'review') and care_nos && (select numbers from gone)
order by source, event_type, record_id

-- name: names_of
-- $1 uuid[] persons: every name that the register gave those who are in it, and when they were born. One without a name has a row, too.
select person.person_id, person_name.name, person_name.kana, birth_date, birth_precision
from person left join person_name using (person_id)
where person_id = any($1::uuid[]) and registered order by person_id, position

-- name: statements_about
-- $1 uuid[] persons, $2 text event type: the register's current statements about them.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record where subject_id = any($1::uuid[]) and event_type = $2 and state <> 'void' order by source, event_type, record_id

-- name: facts_about
-- $1 uuid[] persons, $2 text[] the register's event types. All other records that name them, or a pregnancy of theirs.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record
where (subject_id = any($1::uuid[])
       or stated_pregnancy_id = any(array(select pregnancy_id from pregnancy where mother_id = any($1::uuid[]))))
  and event_type <> all($2::text[]) and state <> 'void'
order by source, event_type, record_id

-- name: facts_alike
-- $1 text[] numbers without leading zeros, $2 text[] birth dates as the register says them, $3 text[] the register's event types. Records
-- that are linked to nobody and name such a number, or one that the register gave up and that was of somebody born on such a day; and what
-- is open with them about the same pregnancies. One may come twice.
with named as (
    select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
           person_id, pregnancy_id, said, subject_no, decided_at
    from record
    where state in ('waiting', 'review') and event_type <> all($3::text[]) and ltrim(subject_no, '0') = any($1::text[])
    union all
    select record.source, record.event_type, record.record_id, record.revision, record.effective_on, record.recorded_at,
           record.event_id, record.data, record.subject_id, record.stated_pregnancy_id, record.state, record.rule,
           record.reason, record.person_id, record.pregnancy_id, record.said, record.subject_no, record.decided_at
    from statement join record on record.subject_id = statement.subject_id
    where statement.data ->> 'birth_date' = any($2::text[]) and state in ('waiting', 'review') and record.event_type <> all($3::text[])
)
select * from named
union all
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record
where state in ('waiting', 'review')
  and stated_pregnancy_id = any(array(select stated_pregnancy_id from named where stated_pregnancy_id is not null))
order by source, event_type, record_id

-- name: numbers_alike
-- $1 uuid[] persons who are not in the register, $2 text[] their numbers: who is, with a number that is equal but for leading zeros;
-- $3 text how the subject of an entry begins: that number may also be one that people say is somebody's (`taken`).
select asked.person_id, person.person_id as alike, false as taken
from unnest($1::uuid[], $2::text[]) as asked (person_id, person_no)
join person on ltrim(person.person_no, '0') = ltrim(asked.person_no, '0') and person.person_id <> asked.person_id and registered
union
select asked.person_id, subject.person_id, true
from unnest($1::uuid[], $2::text[]) as asked (person_id, person_no)
join subject on starts_with(subject, $3) and ltrim(substr(subject, length($3) + 1), '0') = ltrim(asked.person_no, '0')
            and subject.given_id <> asked.person_id and subject.person_id not in (subject.given_id, asked.person_id)
order by 1, 2, 3

-- name: numbers_given_up
-- $1 uuid[] persons who are not in the register, $2 text event type: what it said of them once, and whom the same record is about now. What a person said is
-- about somebody else gave nothing up.
select statement.source, statement.event_type, statement.record_id, statement.subject_id as person_id, statement.data ->> 'birth_date' as birth_date,
       statement.data ->> 'name' as name, statement.data ->> 'kana' as kana,
       case when record.state <> 'void' then record.subject_id end as now
from statement left join record using (key)
where statement.subject_id = any($1::uuid[]) and statement.event_type = $2 and statement.data is not null and verdict is distinct from 'other'
order by statement.source, statement.event_type, statement.record_id, statement.revision

-- name: born_on
-- $1 date[] days: who of the register was born on one of them, or may have been.
select person_id, birth_date, birth_precision, name, kana from person where registered and birth_date = any($1::date[]) order by person_id

-- name: persons
-- $1 uuid[]: those who are, or were, in the register; a row for each household that they were ever in, and one without any.
select person.person_id, person.version, identity_version, person_no, registered, birth_date, birth_precision, sex, name, kana, address_code,
    person.household_id, residence, moves, membership.household_id as member_of, household_no, relationship, valid_from, valid_to
from person
left join membership using (person_id)
left join household on household.household_id = membership.household_id
where person_id = any($1::uuid[])
order by person_id, position

-- name: kin
-- $1 uuid[] households: everybody who was ever in one of them, with every household that they were ever in.
select person_id, birth_date, birth_precision, sex, each.household_id as member_of, household_no, relationship, valid_from, valid_to
from (select distinct person_id from membership where household_id = any($1::uuid[])) as people
join person using (person_id)
join membership as each using (person_id)
join household on household.household_id = each.household_id
order by person_id, position

-- name: pregnancies_around
-- $1 uuid[] persons, $2 uuid[] pregnancies: these, and those of which one of the persons is the mother, or is named as a child. One may
-- come twice. Child by child: of `&&` with hundreds of them PostgreSQL expects half of the table, and reads all of it.
select * from pregnancy where mother_id = any($1::uuid[])
union all
select pregnancy.* from unnest($1::uuid[]) as named (person_id) join pregnancy on children <> '{}' and children @> array[named.person_id]
union all
select * from pregnancy where pregnancy_id = any($2::uuid[])
order by pregnancy_id

-- name: pregnancies_alike
-- $1 text[] numbers without leading zeros: the pregnancies that have such a number but for leading zeros.
select * from pregnancy where ltrim(pregnancy_no, '0') = any($1::text[]) order by pregnancy_id

-- name: deliveries
-- $1 uuid[] children. Each has one row at least.
select person.person_id as child_id, person.mother_id as certain_mother_id, pregnancy_id, delivery.mother_id, rule
from person left join delivery on child_id = person_id
where person_id = any($1::uuid[]) order by person_id, pregnancy_id

-- name: measures
-- $1 uuid[] measures.
select * from protection_measure where measure_id = any($1::uuid[]) order by source, event_type, record_id

-- name: measures_against
-- $1 uuid[] persons: the measures that stand and name one of them as opponent. They are few.
select * from protection_measure where not voided and opponents && $1::uuid[] order by measure_id

-- name: revisions
-- $1 uuid[] keys: what is kept of the further revisions of those records, oldest first.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, verdict
from statement
where key = any($1::uuid[])
order by source, event_type, record_id, revision

-- name: revisions_about
-- $1 uuid[] persons, $2 text event type: what is kept of the revisions of every entry of the register that is, or ever was, about them.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, verdict
from statement
where key in (select key from statement where subject_id = any($1::uuid[]) and event_type = $2)
order by source, event_type, record_id, revision
