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
        $1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::text[], $11::date[],
        $12::uuid[]
    ) as i (source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data, said_on, case_id)
),
before as (
    select f.person_id, f.pregnancy_id from fact f join incoming i using (source, event_type, record_id)
),
written as (
    insert into fact (source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data, said_on, case_id)
    select source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data::jsonb, said_on,
        case_id from incoming
    order by source, event_type, record_id
    on conflict (source, event_type, record_id) do update
    set (revision, said, operation, person_id, pregnancy_id, event_id, data, said_on, case_id)
        = (excluded.revision, excluded.said, excluded.operation, excluded.person_id, excluded.pregnancy_id,
           excluded.event_id, excluded.data, excluded.said_on, excluded.case_id)
    where (fact.revision, fact.said) <= (excluded.revision, excluded.said)
    returning person_id, pregnancy_id
)
select person_id, pregnancy_id from written union select person_id, pregnancy_id from before;

-- name: count_facts
-- $1 facts, $2 their persons, $3 the versions of those that were decided with them; $4 persons, $5 how many facts the linker has said of each so far. A fact that was put aside has been
-- counted then. Returns who was behind until now and is no longer.
with heard as (
    select f.person_id, count(*) filter (where not exists (select from held h where h.event_id = f.event_id)) as n, max(version) as version
    from unnest($1::uuid[], $2::uuid[], $3::int[]) as f (event_id, person_id, version)
    group by f.person_id
),
told as (
    select person_id, max(n) as n from unnest($4::uuid[], $5::int[]) as t (person_id, n) group by person_id
),
incoming as (
    select person_id, coalesce(heard.n, 0) as heard, coalesce(told.n, 0) as told, coalesce(heard.version, 0) as version
    from heard full join told using (person_id)
),
written as (
    insert into fact_count (person_id, heard, told, person_version) select person_id, heard, told, version from incoming order by person_id
    on conflict (person_id) do update
    set (heard, told, person_version) = (
        fact_count.heard + excluded.heard,
        greatest(fact_count.told, excluded.told),
        greatest(fact_count.person_version, excluded.person_version)
    )
    returning person_id, heard, told
)
select w.person_id from written w join incoming i using (person_id) where w.heard - i.heard < w.told and w.heard >= w.told;

-- name: hear_in_hand
-- One array per column. Returns the persons of whom it is news.
insert into in_hand (source, person_id, version, records)
select source, person_id, version, records
from unnest($1::text[], $2::uuid[], $3::int[], $4::int[]) as i (source, person_id, version, records)
order by source, person_id
on conflict (source, person_id) do update set (version, records) = (excluded.version, excluded.records)
where in_hand.version < excluded.version
returning person_id;

-- name: see_in_hand_anybody
-- One array per column: each partition's copy is a message of its own.
insert into in_hand_anybody (source, unnotified, version, event_id, records)
select source, unnotified, version, event_id, records
from unnest($1::text[], $2::bool[], $3::int[], $4::uuid[], $5::int[]) as i (source, unnotified, version, event_id, records)
on conflict do nothing;

-- name: settle_in_hand_anybody
-- $1 sources, $2 partitions: what every partition is past is of no more use.
delete from in_hand_anybody h using (
    select source, unnotified, max(version) as version from (
        select source, unnotified, version from in_hand_anybody where source = any($1::text[])
        group by source, unnotified, version having count(*) >= $2
    ) as everywhere
    group by source, unnotified
) as settled
where (h.source, h.unnotified) = (settled.source, settled.unnotified) and h.version < settled.version;

-- name: in_hand_anybody
-- Sources of which something is held that may concern anybody, or whoever was born of a pregnancy that nobody was notified of.
select distinct source, unnotified from in_hand_anybody where records > 0;

-- name: hold
-- $1 event, $2 person, $3 source or null for all of them.
insert into held (event_id, person_id, source) values ($1, $2, $3) on conflict do nothing;

-- name: release
-- $1 event.
delete from held where event_id = $1;

-- name: hear_protections
-- One array per column (persons as text of an array). Returns whom news of a measure may concern, now or before.
with incoming as (
    select * from unnest($1::uuid[], $2::int[], $3::date[], $4::date[], $5::text[], $6::text[], $7::bool[])
        as i (measure_id, version, valid_from, valid_to, protected, opponents, voided)
),
before as (
    select p.protected from protection p join incoming i using (measure_id)
),
written as (
    insert into protection (measure_id, version, valid_from, valid_to, protected, opponents, voided)
    select measure_id, version, valid_from, valid_to, protected::uuid[], opponents::uuid[], voided from incoming order by measure_id
    on conflict (measure_id) do update
    set (version, valid_from, valid_to, protected, opponents, voided)
        = (excluded.version, excluded.valid_from, excluded.valid_to, excluded.protected, excluded.opponents, excluded.voided)
    where protection.version < excluded.version
    returning protected
)
select unnest(protected) as person_id from written union select unnest(protected) from before;

-- name: hear_kinships
-- $1 children, $2 versions, $3 certain mothers. Returns the children whose kinship is newer than what was held.
insert into kinship (child_id, version, mother_id)
select child_id, version, mother_id from unnest($1::uuid[], $2::int[], $3::uuid[]) as i (child_id, version, mother_id) order by child_id
on conflict (child_id) do update set (version, mother_id) = (excluded.version, excluded.mother_id)
where kinship.version < excluded.version
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
-- $1 sources, $2 days after a watermark from which each counts as silent, $3 partitions, $4 today: to the highest date that was seen
-- on every partition. A watermark never falls. Returns the raised.
insert into watermark (source, complete_through, silent_on)
select source, reached, nullif(greatest(reached + days, $4::date), $4::date) from (
    select source, max(complete_through) as reached from (
        select source, complete_through from watermark_seen where source = any($1::text[])
        group by source, complete_through having count(*) >= $3
    ) as everywhere
    group by source
) as raised
join (select * from unnest($1::text[], $2::int[]) as d (source, days)) as silence using (source)
order by source
on conflict (source) do update set (complete_through, silent_on) = (excluded.complete_through, excluded.silent_on)
where watermark.complete_through < excluded.complete_through
returning source, complete_through, silent_on is null as silent;

-- name: silence_is_due
-- $1 today.
select exists (select from watermark where silent_on <= $1::date);

-- name: fall_silent
-- $1 today. Returns the sources of which nothing came in time: said once, for everybody who rests on them.
update watermark set silent_on = null where silent_on <= $1::date returning source;

-- name: wake_resting
-- $1 items, $2 today: children with an answer that changes when its feed falls silent or has something in hand are due today.
update due set evaluate_on = $2::date
where person_id in (
    select person_id from evaluation where superseded_at is null and rests_on_feed and item = any($1::text[])
    union
    select person_id from evaluation where superseded_at is null and reason_code = 'record_in_hand' and item = any($1::text[])
)
and (evaluate_on is null or evaluate_on > $2::date);

-- name: forget_watermarks
-- What was seen up to the watermark is of no more use.
delete from watermark_seen s using watermark w where s.source = w.source and s.complete_through <= w.complete_through;

-- name: wake_waiting
-- $1 items, $2 date or null, $3 today: children whose answer to an item waited for a watermark up to the date, or says since when its feed
-- is silent, are due today.
update due set evaluate_on = $3::date
where person_id in (
    select person_id from evaluation
    where superseded_at is null and needed_on <= $2::date and item = any($1::text[])
    union
    select person_id from evaluation where superseded_at is null and stale_since is not null and item = any($1::text[])
)
and (evaluate_on is null or evaluate_on > $3::date);

-- name: affected_children
-- $1 persons, $2 pregnancies, $3 first birth date that is scored, $4 children whose birth or mother is news: whom it reaches.
with reached as (
    select unnest($1::uuid[]) as person_id
    union
    select child_id from delivery where mother_id = any($1::uuid[])
    union
    select child_id from delivery where pregnancy_id = any($2::uuid[])
    union
    select child_id from kinship where mother_id = any($1::uuid[])
    union
    -- What belongs to one birth of a mother does not belong to another.
    select other.child_id from kinship k join kinship other using (mother_id) where k.child_id = any($4::uuid[])
    union
    -- Whoever is protected from one of them.
    select unnest(protected) from protection where opponents && $1::uuid[]
)
select p.person_id from person p join reached using (person_id)
where p.birth_date is not null and (p.birth_date >= $3::date or exists (select from due d where d.person_id = p.person_id));

-- name: put_off
-- $1 children, $2 today: they are due today. A child whom the ticker has in hand is waited for: it may have read before this was saved.
insert into due (person_id, evaluate_on) select person_id, $2::date from unnest($1::uuid[]) as i (person_id) order by person_id
on conflict (person_id) do update set evaluate_on = excluded.evaluate_on
where due.evaluate_on is null or due.evaluate_on > excluded.evaluate_on;

-- name: under_review
-- $1 children: those of whom the ward was told that people should look.
select person_id from review_signal where person_id = any($1::uuid[]) and needed;

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
-- $1 children, $2 days within which births are one: each child's pregnancies with their mother, else the certain mother alone, with her
-- residence and her births next to this one.
select c.person_id as child_id, d.pregnancy_id, m.mother_id, w.residence::text as mother_residence, b.before, b.after
from person c
left join delivery d on d.child_id = c.person_id
left join kinship k on k.child_id = c.person_id
cross join lateral (select coalesce(d.mother_id, k.mother_id) as mother_id) as m
left join person w on w.person_id = m.mother_id and w.present
left join lateral (
    select
        max(o.birth_date) filter (where o.birth_date < c.birth_date - $2::int) as before,
        min(o.birth_date) filter (where o.birth_date > c.birth_date + $2::int) as after
    from person o
    where d.pregnancy_id is null and o.present
        and o.person_id in (select child_id from kinship where mother_id = m.mother_id union select child_id from delivery where mother_id = m.mother_id)
) as b on true
where c.person_id = any($1::uuid[]) and (d.pregnancy_id is not null or k.mother_id is not null)
order by c.person_id, d.pregnancy_id;

-- name: separations
-- $1 children: the welfare rows of opponents from whom each is protected, with the measure.
select child.person_id as child_id, p.valid_from, p.valid_to, f.event_type, f.record_id, f.event_id, f.data::text as data, f.case_id
from protection p
cross join unnest(p.protected) as child (person_id)
join fact f on f.person_id = any(p.opponents)
where p.protected && $1::uuid[] and child.person_id = any($1::uuid[]) and not p.voided
    and f.operation = 'upsert' and f.event_type = 'public_assistance.member_changed' and f.case_id is not null
order by child.person_id, p.measure_id, f.record_id;

-- name: hands
-- $1 persons: the sources of which something is held that may concern each; null stands for all of them.
select person_id, source from in_hand where person_id = any($1::uuid[]) and records > 0
union
select person_id, source from held where person_id = any($1::uuid[])
union
select person_id, null from fact_count c left join person p using (person_id)
where person_id = any($1::uuid[]) and (c.heard < c.told or c.person_version > greatest(p.version, 0));

-- name: records
-- $1 children, $2 pregnancies, $3 mothers: a child's own records, a pregnancy's, and a mother's that belong to no child's pregnancy.
select person_id, null::uuid as pregnancy_id, null::uuid as unborn_id, event_type, record_id, event_id, data::text as data, said_on, case_id
from fact where person_id = any($1::uuid[]) and operation = 'upsert'
    and event_type in ('infant_checkup.recorded', 'public_assistance.member_changed')
union all
select null, pregnancy_id, null, event_type, record_id, event_id, data::text, said_on, case_id
from fact where pregnancy_id = any($2::uuid[]) and operation = 'upsert'
    and event_type in ('pregnancy.notified', 'prenatal_exam.recorded', 'postpartum_checkup.recorded')
union all
select person_id, null, pregnancy_id, event_type, record_id, event_id, data::text, said_on, case_id
from fact f where person_id = any($3::uuid[]) and operation = 'upsert'
    and event_type in ('pregnancy.notified', 'prenatal_exam.recorded', 'postpartum_checkup.recorded')
    and (pregnancy_id is null or not exists (select from delivery d where d.pregnancy_id = f.pregnancy_id));

-- name: feeds
-- How far each source has delivered, whether its silence was carried out, and whether something of it is held that may concern anybody,
-- or whoever was born of a pregnancy that nobody was notified of.
select source, w.complete_through, w.complete_through is not null and w.silent_on is null as silent, coalesce(h.anybody, false) as in_hand,
    coalesce(h.unnotified, false) as unnotified
from watermark w full join (
    select source, bool_or(not unnotified) as anybody, bool_or(unnotified) as unnotified from in_hand_anybody where records > 0 group by source
) as h using (source)
order by source;

-- name: current_evaluations
-- $1 children. Beside the id and the instant, the columns that `save_evaluations` writes, as it writes them.
select evaluation_id, known_at, person_id, item, value, klass, counted, valid_from, valid_to, reason_code,
    evidence::text as evidence, detail::text as detail, needed_on, stale_since, rests_on_feed
from evaluation where person_id = any($1::uuid[]) and superseded_at is null;

-- name: supersede
-- $1 evaluations, $2 instant.
update evaluation set superseded_at = $2 where evaluation_id = any($1::bigint[]);

-- name: save_evaluations
-- One array per column, then $15 version of the parameters, $16 instant.
insert into evaluation (
    person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on, stale_since, rests_on_feed,
    known_at, parameters_version, written_at
)
select person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence::uuid[], detail::json, needed_on, stale_since,
    rests_on_feed, known_at, $15, $16
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::date[], $7::date[], $8::text[], $9::text[], $10::text[], $11::date[],
    $12::date[], $13::bool[], $14::timestamptz[]
) as i (
    person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on, stale_since, rests_on_feed,
    known_at
);

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

-- name: mark_overdue
-- $1 child, $2 the day on which its evaluation failed. Returns the news, if it is any.
insert into overdue (person_id, since, version) values ($1, $2, 1)
on conflict (person_id) do update set (since, version) = (excluded.since, overdue.version + 1) where overdue.since is null
returning since, version;

-- name: no_longer_overdue
-- $1 children that were evaluated. Returns those that were overdue.
update overdue set (since, version) = (null, version + 1) where person_id = any($1::uuid[]) and since is not null
returning person_id, version;

-- name: count_due
-- $1 day: children, and feeds of which everybody is to be told that they are silent.
select (select count(*) from due where evaluate_on <= $1::date) + (select count(*) from watermark where silent_on <= $1::date);

-- name: next_due
-- $1 day or null: the first day after it on which something is due.
select min(evaluate_on) from due where evaluate_on > coalesce($1::date, '-infinity'::date);

-- name: indicators
-- $1 person: the answers as believed now.
select item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail,
    stale_since
from evaluation where person_id = $1 and superseded_at is null order by item;

-- name: indicators_known
-- $1 persons, $2 instant: the answers as believed just before it.
select person_id, item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail
from evaluation
where person_id = any($1::uuid[]) and written_at < $2 and (superseded_at is null or superseded_at >= $2)
order by person_id, item;

-- name: overdue
-- Children whose answers are of an older day, longest first.
select person_id, since from overdue where since is not null order by since, person_id;

-- name: separated
-- Children whose welfare case has an opponent as a member: the owner is to say a new row of each.
select e.person_id, e.known_at, array_agg(f.record_id order by f.record_id) as records
from evaluation e join fact f on f.person_id = e.person_id and f.operation = 'upsert' and f.event_type = 'public_assistance.member_changed'
where e.superseded_at is null and e.reason_code = 'protected_separation'
group by e.person_id, e.known_at order by e.known_at, e.person_id;

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
    select concat_ws('|', 'kinship', child_id, mother_id) from kinship where mother_id is not null
    union all
    select concat_ws('|', 'in_hand', source, person_id, records) from in_hand where records > 0
    union all
    select distinct concat_ws('|', 'in_hand', source, unnotified) from in_hand_anybody where records > 0
    union all
    select concat_ws('|', 'protection', measure_id, valid_from, valid_to, protected, opponents, voided) from protection
    union all
    select concat_ws('|', 'watermark', source, complete_through) from watermark
    union all
    select concat_ws('|', 'evaluation', person_id, item, value, klass, counted, coalesce(valid_from::text, '-'), coalesce(valid_to::text, '-'),
        reason_code, cardinality(evidence), detail, stale_since)
    from evaluation where superseded_at is null
) as lines
order by line collate "C";
