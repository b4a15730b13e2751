-- Two of the ways by which a record reaches a child (domain/reach.py): by its guardians, and by the members of its households.

-- name: links
-- $1 children. Where $3: who has each in care by which record, on which days; none on which a measure protects the child from that person.
-- `parted` are those. $2 the event type of loans: one whose list names nobody reaches the certain children of who borrowed (§2.8-21).
-- Where $4: whoever was a member of one household with each, the child included, on which days; none on which a measure protects the child
-- from that person. Nobody whom the register took back.
with care as (
    select c.child_id, f.person_id, f.source, f.event_type, f.record_id, f.care_from, f.care_to, true as listed
    from fact f cross join unnest(f.in_care) as c (child_id)
    where $3::bool and f.in_care && $1::uuid[] and c.child_id = any($1::uuid[]) and f.operation = 'upsert'
    union all
    select k.child_id, f.person_id, f.source, f.event_type, f.record_id, f.care_from, f.care_to, false
    from kinship k join fact f on f.person_id = k.mother_id and f.in_care = '{}'
    where $3::bool and k.child_id = any($1::uuid[]) and f.operation = 'upsert' and f.event_type = $2
)
select 'guardian' as way, f.child_id, f.person_id, f.source, f.event_type, f.record_id, f.listed, (
    select json_agg(json_build_array(lower(days), upper(days)) order by days)::text
    from unnest(datemultirange(span(f.care_from, f.care_to)) - m.measures) as days
) as during, (
    select json_agg(json_build_array(lower(days), upper(days)) order by days)::text
    from unnest(datemultirange(span(f.care_from, f.care_to)) * m.measures) as days
) as parted, null::date as birth_date, null::bool as described
from care f cross join lateral (
    select coalesce(range_agg(span(p.valid_from, p.valid_to)), '{}') as measures from protection p
    where not p.voided and p.protected && array[f.child_id] and p.opponents && array[f.person_id]
) as m
union all
select 'household', mine.person_id, theirs.person_id, null, null, null, null, (
    select json_agg(json_build_array(lower(days), upper(days)) order by days)::text
    from unnest(range_agg(span(mine.valid_from, mine.valid_to) * span(theirs.valid_from, theirs.valid_to)) - coalesce((
        select range_agg(span(p.valid_from, p.valid_to)) from protection p
        where not p.voided and p.protected && array[mine.person_id] and p.opponents && array[theirs.person_id]
    ), '{}')) as days
), null, p.birth_date, coalesce(p.version >= 0, false)
from member mine join member theirs using (household_id) left join person p on p.person_id = theirs.person_id
where $4::bool and mine.person_id = any($1::uuid[]) and p.present is distinct from false
group by mine.person_id, theirs.person_id, p.birth_date, p.version
order by way, child_id, source, event_type, record_id, person_id;

-- name: records_of_others
-- $1 persons, $2 event types that reach children by their guardians or housemates.
select person_id, source, event_type, record_id, event_id, data::text as data, said_on, case_id, in_care is not null as lists_children
from fact where person_id = any($1::uuid[]) and operation = 'upsert' and event_type = any($2::text[])
order by person_id, source, event_type, record_id;
