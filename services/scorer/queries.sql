-- What the scorer asks its own tables. Rows are written in the order of their keys, so that two writers never wait in a circle.

-- name: hold_watermarks
-- Whoever evaluates shares this lock; whoever raises a watermark holds it alone. Without it, an evaluation that read the old
-- watermark could be saved just after the children who waited for the new one were looked for, and would wait for ever.
-- Plans are kept as they were made when the tables were still empty: reading a whole table must never look cheap.
select pg_advisory_xact_lock_shared(hashtext('scorer.watermark')), set_config('enable_seqscan', 'off', true);

-- name: hold_watermarks_alone
select pg_advisory_xact_lock(hashtext('scorer.watermark')), set_config('enable_seqscan', 'off', true);

-- name: hear_facts
-- One array per column. Keeps the newest revision, and of one revision what was said of it last: a record that now is about
-- another person is first taken back from the one and then told of the other, and these may arrive in either order.
-- Returns whom the records are about now, and were about before.
with incoming as (
    select * from unnest(
        $1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::text[]
    ) as i (source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data)
),
before as (
    select f.person_id, f.pregnancy_id from fact f join incoming i using (source, event_type, record_id)
),
written as (
    insert into fact (source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data)
    select source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data::jsonb from incoming
    order by source, event_type, record_id
    on conflict (source, event_type, record_id) do update
    set (revision, said, operation, person_id, pregnancy_id, event_id, data)
        = (excluded.revision, excluded.said, excluded.operation, excluded.person_id, excluded.pregnancy_id,
           excluded.event_id, excluded.data)
    where (fact.revision, fact.said) <= (excluded.revision, excluded.said)
    returning person_id, pregnancy_id
)
select person_id, pregnancy_id from written union select person_id, pregnancy_id from before;

-- name: hear_kinships
-- $1 children, $2 versions. Returns the children whose kinship is newer than what was held.
insert into kinship (child_id, version)
select child_id, version from unnest($1::uuid[], $2::int[]) as i (child_id, version) order by child_id
on conflict (child_id) do update set version = excluded.version where kinship.version < excluded.version
returning child_id;

-- name: replace_deliveries
-- $1 children whose deliveries are replaced; $2 children, $3 pregnancies, $4 mothers: their deliveries now.
with incoming as (
    select * from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as i (child_id, pregnancy_id, mother_id)
),
gone as (
    delete from delivery d where d.child_id = any($1::uuid[])
    and not exists (select from incoming i where (i.child_id, i.pregnancy_id) = (d.child_id, d.pregnancy_id))
)
insert into delivery (child_id, pregnancy_id, mother_id)
select child_id, pregnancy_id, mother_id from incoming order by child_id, pregnancy_id
on conflict (child_id, pregnancy_id) do update set mother_id = excluded.mother_id;

-- name: hear_persons
-- One array per column. Persons who are only named come with version -1. Every row is locked, changed or not: whoever handles a
-- fact, a kinship or a residence of the same family waits here for the other, and then sees what the other saved.
insert into person (person_id, version, birth_date, sex, residence, present)
select person_id, version, birth_date, sex, residence::jsonb, present
from unnest($1::uuid[], $2::int[], $3::date[], $4::text[], $5::text[], $6::bool[])
    as i (person_id, version, birth_date, sex, residence, present)
order by person_id
on conflict (person_id) do update
set (version, birth_date, sex, residence, present)
    = (excluded.version, excluded.birth_date, excluded.sex, excluded.residence, excluded.present)
where person.version < excluded.version;

-- name: hear_cases
-- $1 cases, $2 persons, $3 states, $4 versions.
insert into case_state (case_id, person_id, state, version)
select case_id, person_id, state, version
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as i (case_id, person_id, state, version)
order by case_id
on conflict (case_id) do update set (state, version) = (excluded.state, excluded.version)
where case_state.version < excluded.version;

-- name: see_watermarks
-- $1 sources, $2 dates, $3 messages: each partition's copy is a message of its own.
insert into watermark_seen (source, complete_through, event_id)
select source, complete_through, event_id from unnest($1::text[], $2::date[], $3::uuid[]) as i (source, complete_through, event_id)
on conflict do nothing;

-- name: raise_watermarks
-- $1 sources, $2 partitions: to the highest date that was seen on every partition. A watermark never falls. Returns the raised.
insert into watermark (source, complete_through)
select source, max(complete_through) from (
    select source, complete_through from watermark_seen where source = any($1::text[])
    group by source, complete_through having count(*) >= $2
) as everywhere
group by source order by source
on conflict (source) do update set complete_through = excluded.complete_through
where watermark.complete_through < excluded.complete_through
returning source, complete_through;

-- name: forget_watermarks
-- What was seen up to the watermark is of no more use.
delete from watermark_seen s using watermark w where s.source = w.source and s.complete_through <= w.complete_through;

-- name: wake_waiting
-- $1 items, $2 date, $3 today: children whose answer to an item waited for a watermark up to the date are due today.
update due set evaluate_on = $3::date
where person_id in (
    select person_id from evaluation
    where superseded_at is null and needed_on <= $2::date and item = any($1::text[])
)
and (evaluate_on is null or evaluate_on > $3::date);

-- name: affected_children
-- $1 persons, $2 pregnancies, $3 first birth date that is scored: the children whom news of these reaches.
select p.person_id from person p
where p.person_id = any($1::uuid[]) and p.birth_date is not null
    and (p.birth_date >= $3::date or exists (select from due d where d.person_id = p.person_id))
union
select d.child_id from delivery d join person p on p.person_id = d.child_id
where d.mother_id = any($1::uuid[]) and p.birth_date >= $3::date
union
select d.child_id from delivery d join person p on p.person_id = d.child_id
where d.pregnancy_id = any($2::uuid[]) and p.birth_date >= $3::date;

-- name: put_off
-- $1 persons, $2 pregnancies, $3 first birth date that is scored, $4 today: the same children are due today. A child whom the
-- ticker has in hand is waited for: it may have read before this was saved.
insert into due (person_id, evaluate_on)
select person_id, $4::date from (
    select p.person_id from person p
    where p.person_id = any($1::uuid[]) and p.birth_date is not null
        and (p.birth_date >= $3::date or exists (select from due d where d.person_id = p.person_id))
    union
    select d.child_id from delivery d join person p on p.person_id = d.child_id
    where d.mother_id = any($1::uuid[]) and p.birth_date >= $3::date
    union
    select d.child_id from delivery d join person p on p.person_id = d.child_id
    where d.pregnancy_id = any($2::uuid[]) and p.birth_date >= $3::date
) as affected
order by person_id
on conflict (person_id) do update set evaluate_on = excluded.evaluate_on
where due.evaluate_on is null or due.evaluate_on > excluded.evaluate_on;

-- name: lock_children
-- $1 children. Rows that are there are locked and not written.
insert into due (person_id) select person_id from unnest($1::uuid[]) as i (person_id) order by person_id
on conflict (person_id) do update set evaluate_on = excluded.evaluate_on where false;

-- name: claim_due
-- $1 today, $2 limit. Children whom another process has in hand are left to it.
select person_id from due where evaluate_on <= $1::date order by evaluate_on, person_id limit $2 for update skip locked;

-- name: children
-- $1 children: who they are, and what the ward was last told.
select p.person_id, p.birth_date, p.sex, p.residence::text as residence, p.present, s.version, s.needed, s.groups, s.digest
from person p left join review_signal s using (person_id)
where p.person_id = any($1::uuid[]) and p.birth_date is not null
order by p.person_id;

-- name: deliveries
-- $1 children: their pregnancies, with the mother's residence.
select d.child_id, d.pregnancy_id, d.mother_id, m.residence::text as mother_residence
from delivery d left join person m on m.person_id = d.mother_id and m.present
where d.child_id = any($1::uuid[])
order by d.child_id, d.pregnancy_id;

-- name: records
-- $1 children, $2 pregnancies, $3 mothers: a child's own records, a pregnancy's, and those that name only the mother.
select person_id, null::uuid as pregnancy_id, event_type, record_id, event_id, data::text as data
from fact where person_id = any($1::uuid[]) and operation = 'upsert'
    and event_type in ('infant_checkup.recorded', 'public_assistance.member_changed')
union all
select null, pregnancy_id, event_type, record_id, event_id, data::text
from fact where pregnancy_id = any($2::uuid[]) and operation = 'upsert'
    and event_type in ('pregnancy.notified', 'prenatal_exam.recorded', 'postpartum_checkup.recorded')
union all
select person_id, null, event_type, record_id, event_id, data::text
from fact where person_id = any($3::uuid[]) and pregnancy_id is null and operation = 'upsert'
    and event_type in ('prenatal_exam.recorded', 'postpartum_checkup.recorded');

-- name: watermarks
select source, complete_through from watermark order by source;

-- name: current_evaluations
-- $1 children. Beside the id and the instant, the columns that `save_evaluations` writes, as it writes them.
select evaluation_id, known_at, person_id, item, value, klass, counted, valid_from, valid_to, reason_code,
    evidence::text as evidence, detail::text as detail, needed_on
from evaluation where person_id = any($1::uuid[]) and superseded_at is null;

-- name: supersede
-- $1 evaluations, $2 instant.
update evaluation set superseded_at = $2 where evaluation_id = any($1::bigint[]);

-- name: save_evaluations
-- One array per column, then $12 version of the parameters, $13 instant.
insert into evaluation (
    person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on, parameters_version, known_at
)
select person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence::uuid[], detail::json, needed_on, $12, $13
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::date[], $7::date[], $8::text[], $9::text[], $10::text[], $11::date[]
) as i (person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on);

-- name: save_due
-- $1 children, $2 days.
update due set evaluate_on = i.evaluate_on
from unnest($1::uuid[], $2::date[]) as i (person_id, evaluate_on)
where due.person_id = i.person_id and due.evaluate_on is distinct from i.evaluate_on;

-- name: save_signals
-- One array per column (groups as text of an array), then $6 ruleset, $7 instant.
insert into review_signal (person_id, version, needed, groups, digest, ruleset, told_at)
select person_id, version, needed, groups::text[], digest, $6, $7
from unnest($1::uuid[], $2::int[], $3::bool[], $4::text[], $5::text[]) as i (person_id, version, needed, groups, digest)
on conflict (person_id) do update
set (version, needed, groups, digest, ruleset, told_at)
    = (excluded.version, excluded.needed, excluded.groups, excluded.digest, excluded.ruleset, excluded.told_at);

-- name: count_due
-- $1 day.
select count(*) from due where evaluate_on <= $1::date;

-- name: next_due
-- $1 day or null: the first day after it on which something is due.
select min(evaluate_on) from due where evaluate_on > coalesce($1::date, '-infinity'::date);

-- name: indicators
-- $1 person: the answers as believed now.
select item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail
from evaluation where person_id = $1 and superseded_at is null order by item;

-- name: indicators_known
-- $1 persons, $2 instant: the answers as believed just before it.
select person_id, item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail
from evaluation
where person_id = any($1::uuid[]) and known_at < $2 and (superseded_at is null or superseded_at >= $2)
order by person_id, item;

-- name: indicators_ever
-- $1 person: every answer that was ever believed, the newest belief of each item first.
select item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail
from evaluation where person_id = $1 order by item, evaluation_id desc;

-- name: review_signal
-- $1 person.
select version, ruleset, needed, groups, told_at from review_signal where person_id = $1;

-- name: count_true
-- Answers that are TRUE and counted now, by item.
select item, count(*) as n from evaluation
where superseded_at is null and counted and value = 'TRUE' group by item order by item;

-- name: counts
select
    (select count(*) from due) as children,
    (select count(*) from fact where operation = 'upsert') as facts,
    (select count(*) from review_signal) as reviews_told,
    (select count(*) from review_signal where needed) as reviews_needed;

-- name: state
-- Everything that the messages alone decide, one line each, in a fixed order: no instants, no versions, no ids of messages.
select line from (
    select concat_ws('|', 'person', person_id, birth_date, sex, residence, present) as line from person where version >= 0
    union all
    select concat_ws('|', 'fact', source, event_type, record_id, revision, operation, person_id, pregnancy_id, data) from fact
    -- A record that was taken back leaves a mark only if it was told before; either way nothing is held of it.
    where operation <> 'void'
    union all
    select concat_ws('|', 'delivery', child_id, pregnancy_id, mother_id) from delivery
    union all
    select concat_ws('|', 'watermark', source, complete_through) from watermark
    union all
    select concat_ws('|', 'evaluation', person_id, item, value, klass, counted, coalesce(valid_from::text, '-'), coalesce(valid_to::text, '-'),
        reason_code, cardinality(evidence), detail, coalesce(needed_on::text, '-'))
    from evaluation where superseded_at is null
) as lines
order by line collate "C";
