-- What people and tests may ask. Nothing here changes anything, and nothing returns a name or a number of a person, except where said.

-- name: open_records
-- Records that wait or need a person's look, without saying whom they name.
select state, source, event_type, reason, count(*) as records,
       (array_agg(record_id order by recorded_at, record_id))[1:$1::int] as record_ids
from record
where state in ('waiting', 'review')
group by state, source, event_type, reason
order by state, source, event_type, reason

-- name: contested_revisions
-- Revisions of the register that wait for a person's decision, and records under a number that belongs to somebody else, without saying
-- whom they name; `held` is the revision that holds, of a record of its own none. $1 text the reason of the latter.
select record.record_id, record.event_type, statement.revision, statement.recorded_at, record.revision as held
from statement join record using (key)
where contested and verdict is null
union all
select record.record_id, record.event_type, record.revision, record.recorded_at, null
from record left join statement using (key, revision)
where state = 'review' and reason = $1 and verdict is null
order by 4, 1, 3

-- name: astray_numbers
-- Records in review because of the number that they name ($1 text[] the reasons), and the register's entries of whom it may be.
select record_id, revision, event_type, reason,
       array(
           select distinct entry.record_id
           from concern join record as entry on entry.subject_id = concern.person_id and entry.state = 'linked'
           where (concern.source, concern.event_type, concern.record_id) = (record.source, record.event_type, record.record_id)
             and entry.event_type = 'resident.changed'
             -- It is asked whose the record's own number is; the children whom it lists are known.
             and not coalesce(ltrim(entry.subject_no, '0') = any(record.care_nos), false)
           order by 1
       ) as entries
from record where state = 'review' and reason = any($1::text[])
order by recorded_at, record_id

-- name: judgements
-- Every judgement of who is the same person, oldest first, whether it stands, and by their record ids the register's entries that it is
-- about; of a number that other sources use there is none.
select judged_at, word, judged_by, basis,
       not exists (select from judgement as later where later.supersedes = judgement.judgement_id) as stands,
       array(
           select record_id
           from unnest(array[one, other]) as named (named) join subject on subject = named
           join record on record.subject_id = subject.person_id and event_type = 'resident.changed'
           where named = 'entry:' || (data ->> 'person_no')
           order by named = other, record_id
       ) as entries
from judgement order by judged_at, judgement_id

-- name: records_now
-- What became of every record; the tombstones of taken-back ones included.
select source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id
from record order by source, event_type, record_id

-- name: persons_now
select person_id, person_no, birth_date, sex, name, kana, address_code, household_id, residence::text
from person where registered order by person_no

-- name: names_now
select person_no, position, since, person_name.name, person_name.kana
from person_name join person using (person_id) order by person_no, position

-- name: memberships_now
select person_no, position, membership.household_id, household_no, relationship, valid_from, valid_to
from membership
join person using (person_id)
join household on household.household_id = membership.household_id
order by person_no, position

-- name: pregnancies_now
select pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on, children::text from pregnancy order by pregnancy_no

-- name: deliveries_now
select child_id, pregnancy_id, mother_id, rule from delivery order by child_id, pregnancy_id

-- name: measures_now
select measure_id, valid_from, valid_to, protected::text, opponents::text from protection_measure where not voided order by measure_id

-- name: counts
select (select count(*) from person where registered) as persons,
       (select count(distinct household_id) from membership) as households,
       (select count(distinct child_id) from delivery) as children_with_pregnancy,
       (select count(*) from person where registered and birth_date > $1::date) as children,
       (select count(*) from pregnancy) as pregnancies,
       (select count(*) from protection_measure where not voided) as protection_measures

-- name: links_by_rule
select rule, count(*) as links
from (select rule from record where state = 'linked' union all select rule from delivery) as link
group by rule order by rule

-- name: records_by_state
select state, count(*) as records from record group by state order by state

-- name: records_by_source
select source, state, count(*) as records from record group by source, state order by source, state

-- name: record_states
-- What became of the records of an id ($1 text), of whatever event type. Says nothing of whom they are about.
select state, rule, reason from record where record_id = $1 order by source, event_type

-- name: unaccounted
-- Records of which nobody can say what became of them: one whose decision changed, and the log of decisions does not end with what the
-- record says now; one whose first decision is told of by the record and by the log, or by neither; or a linked one that belongs to
-- nobody in the register. (A protection measure protects whoever it names, registered or not.)
with last as (
    select distinct on (source, event_type, record_id) source, event_type, record_id, revision, state, person_id, pregnancy_id
    from link_decision where subject = 'record' order by source, event_type, record_id, id desc
)
select count(*)
from record
left join last using (source, event_type, record_id)
left join person on person.person_id = record.person_id and person.registered
where (record.decided_at is null) <> (last.state is not null)
   or (last.state is not null
       and (last.state <> record.state
            or last.revision > record.revision
            or last.person_id is distinct from record.person_id
            or last.pregnancy_id is distinct from record.pregnancy_id))
   or (record.state = 'linked' and record.event_type <> 'resident.protection_measure' and person.person_id is null)

-- name: decisions
-- $1 text[] sources, $2 text event type, $3 text record id, $4 uuid[] its keys: every decision about a record, the first one from the
-- record itself where it is the only one. `revision` is the newest that it was made of, or confirmed by.
select decided_at, source, revision, state, rule, reason
from (
    select id, decided_at, source, revision, state, rule, reason
    from link_decision where subject = 'record' and source = any($1::text[]) and event_type = $2 and record_id = $3
    union all
    select 0, decided_at, source, revision, state, rule, reason
    from record where key = any($4::uuid[]) and decided_at is not null
) as decision
order by source, id

-- name: person_by_no
-- $1 text 宛名番号. For tests and the story player.
select person_id from person where person_no = $1 and registered
