-- Who is due, what is answered and told, and what inspection asks. Rows are written in the order of their keys.

-- name: affected_children
-- $1 persons, $2 pregnancies, $3 first birth date that is scored, $4 children whose birth or mother is news, $5 persons of whom it may
-- concern their household: whom it reaches, and whether it does by somebody else.
-- Looked up one by one, however many others there are: as an array, and `due` as a value, which cannot be read as a whole instead.
with reached as materialized (
    select array(
    select child_id from delivery where mother_id = any($1::uuid[])
    union
    select child_id from delivery where pregnancy_id = any($2::uuid[])
    union
    select child_id from kinship where mother_id = any($1::uuid[])
    union
    -- What belongs to one birth of a mother does not belong to another.
    select other.child_id from kinship other where other.mother_id = any(array(
        select k.mother_id from kinship k where k.child_id = any($4::uuid[]) and k.mother_id is not null
    ))
    union
    -- Whoever is protected from one of them.
    select unnest(protected) from protection where opponents && $1::uuid[]
    union
    -- Whoever is in their care.
    select unnest(in_care) from fact where person_id = any($1::uuid[]) and in_care is not null
    union
    select theirs.person_id from member theirs where theirs.household_id = any(array(
        select mine.household_id from member mine where mine.person_id = any($5::uuid[])
    ))
    ) as by_others
)
select p.person_id, p.person_id in (select unnest(by_others) from reached) as by_others from person p
where p.birth_date is not null
    and (p.birth_date >= $3::date or (select true from due d where d.person_id = p.person_id))
    and p.person_id = any((select $1::uuid[] || by_others from reached)::uuid[]);

-- name: put_off
-- $1 children, $2 ruleset or null, $3 those of them who are rested, $4 how many of these at most, $5 of each child the event types of its own records that
-- alone are news (text of an array), or null where it is news of anything: there is news of the children, which waits.
-- Nothing here waits for whoever evaluates them just now: it may have read before this was saved, and this is news to it. (To insert a row
-- of `due` that is there would wait for whoever changes it.) Returns those who are not to wait, and of whom nothing is written: of whom the
-- ward was told by the ruleset that people should look; and who are rested, were evaluated before and have no news that waits.
with urgent as (
    select person_id from review_signal where person_id = any($1::uuid[]) and ruleset = $2 and needed
    union
    (select person_id from due
    where person_id = any($3::uuid[]) and answers is not null and not exists (select from news where news.person_id = due.person_id)
    limit $4::int)
),
waits as (
    select person_id, event_types::text[] as event_types from unnest($1::uuid[], $5::text[]) as i (person_id, event_types)
    where person_id not in (select person_id from urgent) order by person_id
),
known as (
    insert into due (person_id) select person_id from waits where not exists (select from due d where d.person_id = waits.person_id)
    on conflict do nothing
),
told as (
    insert into news (person_id, event_types) select person_id, event_types from waits
)
select person_id from urgent order by person_id;

-- name: lock_children
-- $1 children. Rows that are there are locked and not written.
insert into due (person_id) select person_id from unnest($1::uuid[]) as i (person_id) order by person_id
on conflict (person_id) do update set evaluate_on = excluded.evaluate_on where false;

-- name: anybody_waits
-- $1 today. Whether anything may be due: most of the day nothing is. The first day is the first of its index; to ask whether a day has come
-- reads all of them where none has.
select exists (select from news) or coalesce((select min(evaluate_on) from due) <= $1::date, false)
    or exists (select from watermark where silent_on <= $1::date);

-- name: claim_due
-- $1 today, $2 limit, $3 ruleset; $4 seconds without news of anybody after which everybody's turn has come, or null; $5 seconds without
-- news of a child after which its own has; $6 seconds for which none waits longer; $7 how many may wait: beyond it those have their turn who
-- were left alone the longest. Children of whom there is news, and those whose day has come: these too wait with their news, if there is
-- any. Nobody waits of whom the ward was told that people should look.
-- Locks them until the commit; those whom another evaluates just now are left to it, which is why more are looked at than are taken.
-- The news is gone with it; returned is of which event types it was, where it was of the child's own records alone and nothing else is due
-- of the child. What is saved after this statement began is not seen here, stays, and is the next one's.
with told as materialized (
    select person_id, min(told_at) as since, max(told_at) as latest,
        case when bool_and(event_types is not null) then string_agg(array_to_string(event_types, ' '), ' ') end as event_types
    from news group by person_id
),
calm as materialized (
    select max(latest) <= statement_timestamp() - make_interval(secs => $4::float8) as is_over from told
),
crowd as materialized (
    select latest from told order by latest desc offset $7::int limit 1
),
turns as materialized (
    (select person_id from told
    where (select is_over from calm)
        or latest <= statement_timestamp() - make_interval(secs => $5::float8)
        or latest <= (select latest from crowd)
        or since <= statement_timestamp() - make_interval(secs => $6::float8)
        or person_id in (select person_id from review_signal where needed and ruleset = $3)
    order by since, person_id limit 2 * $2::int)
    union all
    (select person_id from due
    where evaluate_on <= $1::date and not exists (select from news where news.person_id = due.person_id)
    order by evaluate_on, person_id limit 2 * $2::int)
),
mine as materialized (
    select person_id, evaluate_on from due where person_id = any(array(select person_id from turns))
    order by person_id limit $2::int for update skip locked
),
gone as (
    delete from news where person_id = any(array(select person_id from mine)) returning person_id
)
select person_id, case
    when evaluate_on <= $1::date or exists (select from overdue o where o.person_id = mine.person_id and o.since is not null) then null
    else event_types
end as event_types
from mine left join told using (person_id)
where evaluate_on <= $1::date or person_id in (select person_id from gone) order by person_id;

-- name: supersede
-- $1 evaluations, $2 instant: until which they were believed. By a clock that was set back none is superseded before it was written; returns
-- the instant from which on what takes their place is believed.
with superseded as (
    update evaluation set superseded_at = greatest($2, written_at) where evaluation_id = any($1::bigint[]) returning superseded_at
)
select greatest($2, max(superseded_at)) from superseded;

-- name: save_evaluations
-- $1 answers, $2 version of the parameters, $3 instant.
insert into evaluation (
    person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on, stale_since, rests_on_feed,
    known_at, parameters_version, written_at
)
select person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence::uuid[], detail::json, needed_on, stale_since,
    rests_on_feed, known_at, $2, $3
from unnest($1::answered[]);

-- name: save_due
-- $1 children, $2 days, $3 digests of their answers, or null where they stay as they are.
update due set (evaluate_on, answers) = (i.evaluate_on, coalesce(i.answers, due.answers))
from unnest($1::uuid[], $2::date[], $3::bytea[]) as i (person_id, evaluate_on, answers)
where due.person_id = i.person_id
    and (due.evaluate_on is distinct from i.evaluate_on or due.answers is distinct from coalesce(i.answers, due.answers));

-- name: counted
-- $1 children: the items of each that are TRUE and count.
select person_id, array_agg(item) as items from evaluation
where person_id = any($1::uuid[]) and superseded_at is null and counted and value = 'TRUE' group by person_id;

-- name: bring_due_forward
-- $1 children, $2 days or null, $3 whether an answer changed: they are due then, or on the day on which they are anyway, if that comes before.
-- By what all answers are known is not known any more where one changed: nothing has that digest.
update due set (evaluate_on, answers) = (least(due.evaluate_on, i.evaluate_on), case when i.changed then '' else due.answers end)
from unnest($1::uuid[], $2::date[], $3::bool[]) as i (person_id, evaluate_on, changed)
where due.person_id = i.person_id
    and (i.evaluate_on < coalesce(due.evaluate_on, 'infinity') or i.changed and due.answers <> '');

-- name: save_signals
-- One array per column (groups as text of an array), then $6 ruleset, $7 instant.
insert into review_signal (person_id, version, needed, groups, digest, ruleset, told_at)
select person_id, version, needed, groups::text[], digest, $6, $7
from unnest($1::uuid[], $2::int[], $3::bool[], $4::text[], $5::text[]) as i (person_id, version, needed, groups, digest)
on conflict (person_id, ruleset) do update
set (version, needed, groups, digest, told_at)
    = (excluded.version, excluded.needed, excluded.groups, excluded.digest, excluded.told_at);

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
-- $1 day: children whose day has come or of whom there is news, and feeds of which everybody is to be told that they are silent.
select (select count(*) from (select person_id from due where evaluate_on <= $1::date union select person_id from news) as children)
    + (select count(*) from watermark where silent_on <= $1::date);

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
select person_id, item, value, klass as class, counted, valid_from, valid_to, known_at, reason_code, evidence, detail::text as detail,
    stale_since
from evaluation_ever
where person_id = any($1::uuid[]) and written_at < $2 and (superseded_at is null or superseded_at >= $2)
order by person_id, item;

-- name: held_until
-- $1 person, $2 and $3 instants: which answers that were believed before the one and after the other were TRUE and counted, each since when
-- it was believed. What was superseded in the instant in which it was written was believed by nobody.
select item, value = 'TRUE' and counted as stands, written_at from evaluation_ever
where person_id = $1 and written_at < $2 and (superseded_at is null or superseded_at > greatest(written_at, $3)) order by written_at, item;

-- name: overdue
-- Children whose answers are of an older day, longest first.
select person_id, since from overdue where since is not null order by since, person_id;

-- name: separated
-- $1 event type of the welfare rows. Children of whose welfare case an opponent is a member, or whom an opponent's list names as in that
-- person's care: the owner is to say a new row of each.
select e.person_id, e.known_at, f.source, array_agg(f.record_id order by f.record_id) as records
from evaluation e join lateral (
    select source, record_id from fact
    where e.item = 'household_public_assistance' and person_id = e.person_id and operation = 'upsert' and event_type = $1
    union all
    select source, record_id from fact
    where e.item <> 'household_public_assistance' and in_care && array[e.person_id] and operation = 'upsert' and exists (
        select from protection p
        where not p.voided and p.protected && array[e.person_id] and p.opponents && array[fact.person_id]
    )
) as f on true
where e.superseded_at is null and e.reason_code = 'protected_separation'
group by e.person_id, e.known_at, f.source order by e.known_at, e.person_id, f.source;

-- name: doubtful
-- $1 reason codes. Answers that rest on what cannot be, or on two records that contradict each other: the owner is to look at these records.
select e.person_id, e.item, case when e.reason_code = any($1::text[]) then e.reason_code else 'contradictory' end as reason, e.known_at,
    array_agg(f.record_id order by f.record_id) as records
from evaluation e join fact f on f.person_id = e.person_id and f.operation = 'upsert' and f.event_id = any(e.evidence)
where e.superseded_at is null and (e.reason_code = any($1::text[]) or e.detail::jsonb ? 'contradictory')
group by e.evaluation_id order by e.known_at, e.person_id, e.item;

-- name: review_signal
-- $1 person, $2 ruleset.
select version, ruleset, needed, groups, told_at from review_signal where person_id = $1 and ruleset = $2;

-- name: count_true
-- Answers that are TRUE and counted now, by item.
select item, count(*) as n from evaluation
where superseded_at is null and counted and value = 'TRUE' group by item order by item;

-- name: counts
select
    (select count(*) from due) as children,
    (select count(*) from fact where operation = 'upsert') as facts,
    (select count(distinct person_id) from review_signal) as reviews_told,
    (select count(distinct person_id) from review_signal where needed) as reviews_needed;

-- name: state
-- Everything that the messages alone decide, one line each, in a fixed order: no instants, no versions, no ids of messages.
select line from (
    select concat_ws('|', 'person', person_id, birth_date, sex, residence, present, moves) as line from person where version >= 0
    union all
    select concat_ws('|', 'fact', source, event_type, record_id, revision, operation, person_id, pregnancy_id, data) from fact
    -- A record that was taken back leaves a mark only if it was told before; either way nothing is held of it.
    where operation <> 'void'
    union all
    select concat_ws('|', 'delivery', child_id, pregnancy_id, mother_id) from delivery
    union all
    select concat_ws('|', 'kinship', child_id, mother_id) from kinship where mother_id is not null
    union all
    select concat_ws('|', 'care', source, event_type, record_id, in_care, care_from, care_to) from fact where in_care <> '{}'
    union all
    select concat_ws('|', 'member', household_id, person_id, coalesce(valid_from::text, '-'), valid_to) from member
    union all
    select concat_ws('|', 'observation', person_id, case_id, version, observation, observed_on) from observation
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
