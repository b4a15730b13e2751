-- What is heard. Rows are written in the order of their keys, so that two writers never wait in a circle.

-- name: hold_watermarks
-- Whoever evaluates shares this lock; whoever raises a watermark holds it alone. Without it, an evaluation that read the old
-- watermark could be saved just after the children who waited for the new one were looked for, and would wait for ever.
-- It shares the lock of which ruleset is in use, too: while another takes over, nobody is judged by the old one.
-- Plans are kept as they were made when the tables were still empty: reading a whole table must never look cheap.
-- $1 instant: since when what this transaction keeps is known.
select pg_advisory_xact_lock_shared(hashtext('scorer.watermark')), pg_advisory_xact_lock_shared(hashtext('scorer.programme')),
    set_config('enable_seqscan', 'off', true), set_config('scorer.heard_at', $1::timestamptz::text, true);

-- name: hold_watermarks_alone
select pg_advisory_xact_lock(hashtext('scorer.watermark')), pg_advisory_xact_lock_shared(hashtext('scorer.programme')),
    set_config('enable_seqscan', 'off', true), set_config('scorer.heard_at', $1::timestamptz::text, true);

-- name: hear_facts
-- $1 facts. Keeps the newest revision, and of one revision what was said of it last: a record that now is about another person is first
-- taken back from the one and then told of the other, and these may arrive in either order.
-- Returns whom the records of each type are said to be about, and were about before: also where something newer is held. Who told that one
-- at the same moment may not have seen whom it was about until then, and what takes it back from these comes after it.
with incoming as (
    select * from unnest($1::heard_fact[])
),
before as (
    select person_id, pregnancy_id, event_type from fact where key = any(array(select key from incoming))
),
written as (
    insert into fact (
        key, source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data, said_on, case_id, school_id,
        recorded_at
    )
    select key, source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data::jsonb, said_on, case_id,
        school_id, recorded_at
    from incoming
    order by key
    on conflict (key) do update
    set (revision, said, operation, person_id, pregnancy_id, event_id, data, said_on, case_id, school_id, recorded_at)
        = (excluded.revision, excluded.said, excluded.operation, excluded.person_id, excluded.pregnancy_id,
           excluded.event_id, excluded.data, excluded.said_on, excluded.case_id, excluded.school_id, excluded.recorded_at)
    where (fact.revision, fact.said) <= (excluded.revision, excluded.said)
)
select person_id, pregnancy_id, event_type from incoming union select person_id, pregnancy_id, event_type from before;

-- name: hear_care
-- One array per column (children as text of an array): what records that were just kept, by their keys, say of whom their person has in
-- care. Returns the children, now and before.
with incoming as (
    select key, event_id, in_care::uuid[] as in_care, care_from, care_to
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[]) as i (key, event_id, in_care, care_from, care_to)
),
before as (
    select f.in_care from fact f join incoming i using (key, event_id)
),
written as (
    update fact f set (in_care, care_from, care_to) = (i.in_care, i.care_from, i.care_to)
    from incoming i
    where (f.key, f.event_id) = (i.key, i.event_id)
    returning f.in_care
)
select unnest(in_care) as person_id from written union select unnest(in_care) from before;

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
-- $1 event, $2 persons, $3 source or null for all of them.
insert into held (event_id, person_id, source) select $1, person_id, $3 from unnest($2::uuid[]) as i (person_id) on conflict do nothing;

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

-- name: hear_households
-- $1 households, $2 versions. Returns those whose members are newer than what was held.
insert into household (household_id, version)
select household_id, version from unnest($1::uuid[], $2::int[]) as i (household_id, version) order by household_id
on conflict (household_id) do update set version = excluded.version where household.version < excluded.version
returning household_id;

-- name: replace_members
-- $1 households whose members are replaced; $2 households, $3 persons, $4 days, $5 days: their members now. Returns who is, or was, one.
-- Who stays one is not written: nothing of them becomes past.
with incoming as (
    select * from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) as i (household_id, person_id, valid_from, valid_to)
),
gone as (
    delete from member m where m.household_id = any($1::uuid[]) and not exists (
        select from incoming i
        where (i.household_id, i.person_id) = (m.household_id, m.person_id) and (i.valid_from, i.valid_to) is not distinct from (m.valid_from, m.valid_to)
    )
    returning person_id
),
written as (
    insert into member (household_id, person_id, valid_from, valid_to)
    select * from incoming except select household_id, person_id, valid_from, valid_to from member where household_id = any($1::uuid[])
)
select person_id from incoming union select person_id from gone;

-- name: hear_persons
-- One array per column, then $9 instant, $10 first birth date that is scored (moves as text of an array). Persons who are only named come with version -1. Every row is
-- locked, changed or not: whoever handles a fact, a kinship or a residence of the same family waits here for the other, and then sees what
-- the other saved. Of a child, who it was said to be until now stays as what was known.
with said as (
    insert into person (person_id, version, birth_date, sex, residence, present, places, moves)
    select person_id, version, birth_date, sex, residence::jsonb, present, places::jsonb, moves::date[]
    from unnest($1::uuid[], $2::int[], $3::date[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::text[])
        as i (person_id, version, birth_date, sex, residence, present, places, moves)
    order by person_id
    on conflict (person_id) do update
    set (version, birth_date, sex, residence, present, places, moves)
        = (excluded.version, excluded.birth_date, excluded.sex, excluded.residence, excluded.present, excluded.places, excluded.moves)
    where person.version < excluded.version
    returning person_id, birth_date, sex, present, places
)
insert into child_known (person_id, written_at, birth_date, sex, present, places)
select s.person_id, $9, s.birth_date, s.sex, s.present, s.places
from said s left join lateral (
    select birth_date, sex, present, places from child_known k where k.person_id = s.person_id order by k.written_at desc limit 1
) as known on true
where s.birth_date >= $10::date
    and (s.birth_date, s.sex, s.present, s.places) is distinct from (known.birth_date, known.sex, known.present, known.places)
on conflict (person_id, written_at) do update
set (birth_date, sex, present, places) = (excluded.birth_date, excluded.sex, excluded.present, excluded.places);

-- name: hear_cases
-- $1 cases, $2 persons, $3 states, $4 versions.
insert into case_state (case_id, person_id, state, version)
select case_id, person_id, state, version
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as i (case_id, person_id, state, version)
order by case_id
on conflict (case_id) do update set (state, version) = (excluded.state, excluded.version)
where case_state.version < excluded.version;

-- name: see_watermarks
-- $1 sources, $2 versions, $3 dates, $4 dates from which on, or null, $5 messages: each partition's copy is a message of its own.
insert into watermark_seen (source, version, complete_through, complete_from, event_id)
select * from unnest($1::text[], $2::int[], $3::date[], $4::date[], $5::uuid[])
on conflict do nothing;

-- name: reached_before
-- $1 sources. What holds of them.
select source, complete_through, complete_from, silent_on is null as silent from watermark where source = any($1::text[]);

-- name: move_watermarks
-- $1 sources, $2 days after a watermark from which each counts as silent, $3 partitions, $4 today: to the last word that was seen on every
-- partition; of words of an older release (version 0) to the highest date. Returns what moved.
insert into watermark (source, version, complete_through, complete_from, silent_on)
select source, version, reached, begins, nullif(greatest(reached + days, $4::date), $4::date) from (
    select distinct on (source) source, version, complete_through as reached, max(complete_from) as begins
    from watermark_seen where source = any($1::text[])
    group by source, version, complete_through having count(*) >= $3
    order by source, version desc, complete_through desc
) as moved
join (select * from unnest($1::text[], $2::int[]) as d (source, days)) as silence using (source)
order by source
on conflict (source) do update set
    (version, complete_through, complete_from, silent_on)
    = (excluded.version, excluded.complete_through, excluded.complete_from, excluded.silent_on)
where (watermark.version, watermark.complete_through) < (excluded.version, excluded.complete_through)
returning source, complete_through, complete_from, silent_on is null as silent;

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
delete from watermark_seen s using watermark w
where s.source = w.source and (s.version, s.complete_through) <= (w.version, w.complete_through);

-- name: wake_before
-- $1 items, $2 today: children with an answer that says that its feed had not begun are due today.
update due set evaluate_on = $2::date
where person_id in (select person_id from evaluation where superseded_at is null and reason_code = 'before_feed' and item = any($1::text[]))
and (evaluate_on is null or evaluate_on > $2::date);

-- name: wake_waiting
-- $1 items, $2 date or null, $3 today, $4 date or null: children whose answer to an item waited for a watermark behind $4 and up to $2, or
-- says since when its feed is silent, are due today. What needs no more than the feed told before waits for another feed of its item.
update due set evaluate_on = $3::date
where person_id in (
    select person_id from evaluation
    where superseded_at is null and needed_on <= $2::date and needed_on > coalesce($4::date, '-infinity') and item = any($1::text[])
    union
    select person_id from evaluation where superseded_at is null and stale_since is not null and item = any($1::text[])
)
and (evaluate_on is null or evaluate_on > $3::date);
