-- What the evaluation of children needs: each way (domain/reach.py) by which a record reaches a child once, for all of them together:
-- child, delivery and mother in `records`; the other two are in `others.sql`.

-- name: children
-- $1 children, $2 ruleset: who they are, what staff saw of them, what the ward was last told by the ruleset, the last version of what it was
-- told by any, and by what their answers are known.
select p.person_id, p.birth_date, p.sex, p.residence::text as residence, p.present, p.moves, (
        select json_agg(json_build_array(o.observation, o.observed_on, o.event_id) order by o.observed_on, o.recorded_at, o.version, o.event_id)::text
        from observation o where o.person_id = p.person_id
    ) as observed, s.version, s.needed, s.groups, s.digest, s.told_at,
    (select max(r.version) from review_signal r where r.person_id = p.person_id) as spoken,
    (select d.answers from due d where d.person_id = p.person_id) as answers
from person p left join review_signal s on s.person_id = p.person_id and s.ruleset = $2
where p.person_id = any($1::uuid[]) and p.birth_date is not null
order by p.person_id;

-- name: separations
-- $1 children, $2 event type of the welfare rows: those of opponents from whom each is protected, with the measure. Nearly always there is
-- no measure: that is found out first.
with measures as materialized (
    select measure_id, valid_from, valid_to, protected, opponents from protection where protected && $1::uuid[] and not voided
),
told as materialized (
    select person_id, source, event_type, record_id, event_id, data::text as data, case_id
    from fact where person_id = any(array(select unnest(opponents) from measures))
        and operation = 'upsert' and event_type = $2 and case_id is not null
)
select child.person_id as child_id, m.valid_from, m.valid_to, f.source, f.event_type, f.record_id, f.event_id, f.data, f.case_id
from measures m cross join unnest(m.protected) as child (person_id) join told f on f.person_id = any(m.opponents)
where child.person_id = any($1::uuid[])
order by child.person_id, m.measure_id, f.record_id;

-- name: hands
-- $1 persons: the sources of which something is held that may concern each; null stands for all of them.
select person_id, source from in_hand where person_id = any($1::uuid[]) and records > 0
union
select person_id, source from held where person_id = any($1::uuid[])
union
select person_id, null from fact_count c left join person p using (person_id)
where person_id = any($1::uuid[]) and (c.heard < c.told or c.person_version > greatest(p.version, 0));

-- name: records
-- The first three reaches, in their order. $1 children, $2 pregnancies, $3 mothers, $4 event types that are about the child itself, $5 those of a
-- birth: a child's own records, a pregnancy's, and a mother's that belong to no child's pregnancy. $6 the first school year of which months at
-- school and who is a pupil are asked for: of five years of a city's records they are the most. $7 those of the mothers with a child of whom no
-- pregnancy is known: of them those records, too, that are of a pregnancy of which no child is.
select person_id, null::uuid as pregnancy_id, null::uuid as unborn_id, source, event_type, record_id, event_id, data::text as data, said_on, case_id,
    school_id, recorded_at
from fact where person_id = any($1::uuid[]) and operation = 'upsert'
    and event_type = any($4::text[]) and asked_until(event_type, data) >= $6::int
union all
select null, pregnancy_id, null, source, event_type, record_id, event_id, data::text, said_on, case_id, school_id, recorded_at
from fact where pregnancy_id = any($2::uuid[]) and operation = 'upsert'
    and event_type = any($5::text[])
union all
select person_id, null, pregnancy_id, source, event_type, record_id, event_id, data::text, said_on, case_id, school_id, recorded_at
from fact where person_id = any($3::uuid[]) and operation = 'upsert'
    and event_type = any($5::text[]) and pregnancy_id is null
union all
select person_id, null, pregnancy_id, source, event_type, record_id, event_id, data::text, said_on, case_id, school_id, recorded_at
from fact f where person_id = any($7::uuid[]) and operation = 'upsert'
    and event_type = any($5::text[]) and pregnancy_id is not null
    -- As a value: deliveries are looked up, and never read as a whole instead.
    and (select true from delivery d where d.pregnancy_id = f.pregnancy_id limit 1) is null;

-- name: months_of_earlier_years
-- $1 children, $2 the school year before which: months at school, and who was a pupil.
select person_id, null::uuid as pregnancy_id, null::uuid as unborn_id, source, event_type, record_id, event_id, data::text as data, said_on, case_id,
    school_id, recorded_at
from fact where person_id = any($1::uuid[]) and operation = 'upsert' and asked_until(event_type, data) < $2::int;

-- name: feeds
-- How far each source has delivered, whether its silence was carried out, and whether something of it is held that may concern anybody,
-- or whoever was born of a pregnancy that nobody was notified of.
select source, w.complete_through, w.complete_from, w.complete_through is not null and w.silent_on is null as silent, coalesce(h.anybody, false) as in_hand,
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

-- name: current_evaluations_to
-- $1 children, $2 items: the same, of these items alone.
select evaluation_id, known_at, person_id, item, value, klass, counted, valid_from, valid_to, reason_code,
    evidence::text as evidence, detail::text as detail, needed_on, stale_since, rests_on_feed
from evaluation where person_id = any($1::uuid[]) and item = any($2::text[]) and superseded_at is null;
