-- What the linker writes. Rows are written in the order of their keys.

-- name: move_revisions
-- $1 uuid[] keys, $2 bigint[] revisions, $3 uuid[] persons: whom further revisions are about now.
update statement set subject_id = moved.subject_id
from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as moved (key, revision, subject_id)
where (statement.key, statement.revision) = (moved.key, moved.revision)

-- name: save_records
-- $1 linker.saved_record[]: new revisions, and what became anew of records that were here. $2…$11 arrays of the columns of
-- `link_decision` as named below: the decisions that changed. $12 uuid[] persons of whom facts are said now, sorted, $13 int[] how many; $14
-- uuid[] persons whose number is asked for. `gathering.py` sees to it, under locks, that an older revision never overwrites a newer one. Returns
-- how many facts were said of these persons so far.
with counted as (
    insert into facts_told (person_id, facts) select person_id, n from unnest($12::uuid[], $13::int[]) as now (person_id, n)
    on conflict (person_id) do update set facts = facts_told.facts + excluded.facts
    returning person_id, facts
), decided as (
    insert into link_decision
        (decided_at, subject, source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id)
    select decided_at, 'record', source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id
    from unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::uuid[],
                $11::uuid[])
        with ordinality
        as changed (decided_at, source, event_type, record_id, revision, state, rule, reason, person_id, pregnancy_id, position)
    order by position
), saved as (
    insert into record (key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id,
                        state, rule, reason, person_id, pregnancy_id, said, subject_no, decided_at, pupil, care_nos)
    select key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id,
           state, rule, reason, person_id, pregnancy_id, said, subject_no, decided_at, pupil, care_nos
    from unnest($1::linker.saved_record[]) as given
    on conflict (key) do update
    set revision = excluded.revision, effective_on = excluded.effective_on, recorded_at = excluded.recorded_at,
        event_id = excluded.event_id, data = excluded.data, subject_id = excluded.subject_id,
        stated_pregnancy_id = excluded.stated_pregnancy_id, state = excluded.state, rule = excluded.rule, reason = excluded.reason,
        person_id = excluded.person_id, pregnancy_id = excluded.pregnancy_id, said = excluded.said, subject_no = excluded.subject_no,
        decided_at = excluded.decided_at, pupil = excluded.pupil, care_nos = excluded.care_nos
)
select person_id, facts from counted
union all
select person_id, facts from facts_told where person_id = any($14::uuid[]) and person_id <> all($12::uuid[])

-- name: count_held_up
-- One array per column: records of which it is said that they are held up, or are not any more. Returns how often it was said, this time included.
insert into held_up (source, event_type, record_id, version)
select source, event_type, record_id, 1 from unnest($1::text[], $2::text[], $3::text[]) as i (source, event_type, record_id)
order by source, event_type, record_id
on conflict (source, event_type, record_id) do update set version = held_up.version + 1
returning source, event_type, record_id, version

-- name: save_persons
-- $1…$12 arrays of the columns of `person` as named below, $12 JSON text; $13…$17 arrays of the columns of `person_name`; $18…$23 of
-- `membership`; $24 uuid[] households that changed, $25 text[] their numbers; $26 text[] precision of the birth dates, $27 text[] the days of their moves, each the text of an array. Names and memberships are
-- replaced. Returns the version that each household has now.
with given as (
    select * from unnest($1::uuid[], $2::text[], $3::bool[], $4::int[], $5::int[], $6::date[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::uuid[], $12::text[], $26::text[], $27::text[])
        as given (person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code,
                  household_id, residence, birth_precision, moves)
), named as (
    select * from unnest($13::uuid[], $14::int[], $15::date[], $16::text[], $17::text[]) as named (person_id, position, since, name, kana)
), placed as (
    select * from unnest($18::uuid[], $19::int[], $20::uuid[], $21::text[], $22::date[], $23::date[])
        as placed (person_id, position, household_id, relationship, valid_from, valid_to)
), saved as (
    insert into person
        (person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code, household_id, residence,
         birth_precision, moves)
    select person_id, person_no, registered, version, identity_version, birth_date, sex, name, kana, address_code, household_id,
           residence::jsonb, birth_precision, moves::date[]
    from given
    on conflict (person_id) do update
    set registered = excluded.registered, version = excluded.version, identity_version = excluded.identity_version,
        birth_date = excluded.birth_date, sex = excluded.sex, name = excluded.name, kana = excluded.kana,
        address_code = excluded.address_code, household_id = excluded.household_id, residence = excluded.residence,
        birth_precision = excluded.birth_precision, moves = excluded.moves
), names_cut as (
    -- Only rows beyond the new ones: what one statement deletes and inserts under one key would collide.
    delete from person_name using given
    where person_name.person_id = given.person_id
      and not exists (select from named where (named.person_id, named.position) = (person_name.person_id, person_name.position))
), names as (
    insert into person_name (person_id, position, since, name, kana) select person_id, position, since, name, kana from named
    on conflict (person_id, position) do update set since = excluded.since, name = excluded.name, kana = excluded.kana
), memberships_cut as (
    delete from membership using given
    where membership.person_id = given.person_id
      and not exists (select from placed where (placed.person_id, placed.position) = (membership.person_id, membership.position))
), memberships as (
    insert into membership (person_id, position, household_id, relationship, valid_from, valid_to)
    select person_id, position, household_id, relationship, valid_from, valid_to from placed
    on conflict (person_id, position) do update
    set household_id = excluded.household_id, relationship = excluded.relationship, valid_from = excluded.valid_from,
        valid_to = excluded.valid_to
)
insert into household (household_id, household_no, version)
select household_id, household_no, 1 from unnest($24::uuid[], $25::text[]) as changed (household_id, household_no)
on conflict (household_id) do update set version = household.version + 1
returning household_id, version

-- name: save_pregnancies
-- $1 uuid[] pregnancies, $2 text[] numbers, $3 uuid[] mothers, $4 date[] due, $5 date[] issued, $6 text[] outcomes, $7 date[] ended;
-- $8 uuid[], $9 uuid[]: pregnancy and child, pair by pair, because arrays of arrays must be rectangular; $10 uuid[] pregnancies of which
-- every record was taken back; $11 int[] fetuses.
with forgotten as (
    delete from pregnancy where pregnancy_id = any($10::uuid[])
)
insert into pregnancy (pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on, fetus_count, children)
select pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on, fetus_count, coalesce(named.children, '{}')
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[], $5::date[], $6::text[], $7::date[], $11::int[])
    as given (pregnancy_id, pregnancy_no, mother_id, due_on, issued_on, outcome, ended_on, fetus_count)
left join (
    select pregnancy_id, array_agg(child_id order by child_id) as children
    from unnest($8::uuid[], $9::uuid[]) as pair (pregnancy_id, child_id)
    group by pregnancy_id
) as named using (pregnancy_id)
on conflict (pregnancy_id) do update
set mother_id = excluded.mother_id, due_on = excluded.due_on, issued_on = excluded.issued_on, outcome = excluded.outcome,
    ended_on = excluded.ended_on, fetus_count = excluded.fetus_count, children = excluded.children

-- name: save_deliveries
-- $1 uuid[] children whose pregnancies changed; $2…$5 arrays of the columns of `delivery` of all of them; $6…$9 the decisions: states, rules,
-- children, pregnancies; $10 timestamptz; $11 uuid[] the mother of each child of $1 where she is certain. Returns the kinship version that
-- each child has now.
with given as (
    select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) as given (child_id, pregnancy_id, mother_id, rule)
), cut as (
    delete from delivery
    where child_id = any($1::uuid[])
      and not exists (select from given where (given.child_id, given.pregnancy_id) = (delivery.child_id, delivery.pregnancy_id))
), linked as (
    insert into delivery (child_id, pregnancy_id, mother_id, rule) select child_id, pregnancy_id, mother_id, rule from given
    on conflict (child_id, pregnancy_id) do update set mother_id = excluded.mother_id, rule = excluded.rule
), decided as (
    insert into link_decision (decided_at, subject, state, rule, person_id, pregnancy_id)
    select $10::timestamptz, 'delivery', state, rule, person_id, pregnancy_id
    from unnest($6::text[], $7::text[], $8::uuid[], $9::uuid[]) as decision (state, rule, person_id, pregnancy_id)
)
update person set kinship_version = kinship_version + 1, mother_id = certain.mother_id
from unnest($1::uuid[], $11::uuid[]) as certain (child_id, mother_id)
where person_id = child_id returning person_id, kinship_version

-- name: save_measure
-- Columns of `protection_measure`, in its order. Once per measure: they are few, and their lists differ in length.
insert into protection_measure (measure_id, source, event_type, record_id, version, valid_from, valid_to, applicant_id, protected, opponents,
                                voided)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (measure_id) do update
set version = excluded.version, valid_from = excluded.valid_from, valid_to = excluded.valid_to, applicant_id = excluded.applicant_id,
    protected = excluded.protected, opponents = excluded.opponents, voided = excluded.voided

-- name: replace_concerns
-- $1 text[] sources, $2 text[] event types, $3 text[] record ids: what is held, or no longer; $4…$7 arrays of the columns of `concern` of
-- all of them; $8 whether what it does not concern any more is forgotten now, or later. Returns the sources and persons whose number may be
-- another one then, and whom people take them for.
with leaving as (
    select concern.source, concern.event_type, concern.record_id, concern.person_id
    from concern
    join unnest($1::text[], $2::text[], $3::text[]) as held (source, event_type, record_id) using (source, event_type, record_id)
    where not exists (
        select from unnest($4::text[], $5::text[], $6::text[], $7::uuid[]) as given (source, event_type, record_id, person_id)
        where (given.source, given.event_type, given.record_id, given.person_id)
            = (concern.source, concern.event_type, concern.record_id, concern.person_id)
    )
), ended as (
    delete from concern using leaving
    where $8 and (concern.source, concern.event_type, concern.record_id, concern.person_id)
        = (leaving.source, leaving.event_type, leaving.record_id, leaving.person_id)
), begun as (
    insert into concern (source, event_type, record_id, person_id)
    select source, event_type, record_id, person_id
    from unnest($4::text[], $5::text[], $6::text[], $7::uuid[]) as given (source, event_type, record_id, person_id)
    on conflict do nothing
    returning source, person_id
), touched as (
    select source, person_id from leaving union select source, person_id from begun
)
select source, person_id from touched
union
select source, subject.person_id from touched join subject on subject.given_id = touched.person_id where subject.person_id is not null
order by source, person_id

-- name: sources_in_hand
-- $1 uuid[] persons: of which sources something is held that may concern them.
select distinct source from concern where person_id = any($1::uuid[]) order by source

-- name: recount_concerns
-- $1 text[] sources, $2 uuid[] persons (the nil id: nobody in particular), locked; $3 whom many records may concern: of those only whether
-- there is one. What may concern somebody is in hand for whoever they are by what people say. Returns what is in hand for each now, where it changed.
with counted as (
    select source, person_id, case
        when person_id = $3::uuid
        then (exists (select from concern c where (c.source, c.person_id) = (asked.source, asked.person_id)))::int
        else (
            -- Looked up id by id: of an array the planner expects so many that it reads the whole table, which in a flood has grown since.
            select count(*) from (
                select distinct held.event_type, held.record_id
                from (
                    select asked.person_id as id union all select given_id from subject where subject.person_id = asked.person_id
                ) as one
                cross join lateral (
                    select event_type, record_id from concern c where c.source = asked.source and c.person_id = one.id offset 0
                ) as held
            ) as of_either
        )
    end as records
    from unnest($1::text[], $2::uuid[]) as asked (source, person_id)
)
update in_hand set records = counted.records, version = in_hand.version + 1
from counted
where (in_hand.source, in_hand.person_id) = (counted.source, counted.person_id) and in_hand.records <> counted.records
returning in_hand.source, in_hand.person_id, in_hand.records, in_hand.version

-- name: lock_in_hand
-- $1 text[] sources, $2 uuid[] persons: who counts after another one sees what the other saved.
insert into in_hand (source, person_id, records, version)
select source, person_id, 0, 0 from unnest($1::text[], $2::uuid[]) as asked (source, person_id) order by source, person_id
on conflict (source, person_id) do update set version = in_hand.version

-- name: save_revisions
-- Arrays of the columns of `statement` as named below, without the verdict, which only a person gives.
insert into statement (key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, contested)
select key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data::json, subject_id, contested
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::date[], $7::timestamptz[], $8::uuid[], $9::text[], $10::uuid[],
            $11::bool[])
    as given (key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, contested)
on conflict (key, revision) do update set contested = excluded.contested

-- name: judge
-- $1 uuid key, $2 bigint revision, $3 text verdict, $4 text the reason of a record whose number belongs to somebody else. Only what waits
-- for a decision.
with contested_revision as (
    update statement set verdict = $3 where (key, revision) = ($1, $2) and contested returning revision
), other_record as (
    insert into statement
        (key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, contested, verdict)
    select key, source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, false, $3
    from record
    where (key, revision) = ($1, $2) and state = 'review' and reason = $4
    on conflict (key, revision) do update set verdict = excluded.verdict
    returning revision
)
select revision from contested_revision union all select revision from other_record

-- name: unjudge
-- $1 uuid key, $2 bigint revision: nothing is said of it any more.
update statement set verdict = null where (key, revision) = ($1, $2) and verdict is not null returning revision
