-- Hand-overs of cases (casework.md §2.5).

-- name: save_handovers
-- $1 handovers as JSON: new ones, and what became of earlier ones. Who offered what to whom never changes.
insert into handover (
    handover_id, case_id, person_id, destination, from_ward, to_ward, status, offered_at, offered_by, offered_by_name, due_on, why,
    settled_at, settled_by, settled_by_name, settled_why
)
select handover_id, case_id, person_id, destination, from_ward, to_ward, status, offered_at, offered_by, offered_by_name, due_on, why,
    settled_at, settled_by, settled_by_name, settled_why
from jsonb_populate_recordset(null::handover, $1::text::jsonb)
-- What is taken back goes first: until then there is no room for a new offer.
order by status = 'offered'
on conflict (handover_id) do update set
    status = excluded.status, settled_at = excluded.settled_at, settled_by = excluded.settled_by,
    settled_by_name = excluded.settled_by_name, settled_why = excluded.settled_why

-- name: newest_handover
-- $1 case_id.
select to_jsonb(newest) from handover as newest where case_id = $1 order by offered_at desc, status = 'offered' desc limit 1

-- name: moved_children
-- $1 person_ids of which something changed. Their open cases, and those of whom people took for them, about which the register tells something
-- that was not noticed yet: the child lives in another ward than it did, or is protected while its case is offered.
with touched as (
    select unnest($1::uuid[]) as person_id
    union
    select absorbed_id from person_alias where survivor_id = any($1::uuid[])
)
select cases.case_id, cases.person_id, cases.ward, coalesce(cases.noticed_in, cases.ward) as noticed_in, person.protected, to_jsonb(offer) as offer,
    exists (
        select from handover as sent where sent.case_id = cases.case_id and sent.status = 'offered' and sent.destination = 'guidance_center'
    ) as waits_for_center,
    coalesce(whereabouts.lives_in, of_survivor.lives_in) as lives_in
from touched
join cases on cases.person_id = touched.person_id and cases.state <> 'closed'
join person on person.person_id = touched.person_id
left join whereabouts on whereabouts.person_id = touched.person_id
left join person_alias as alias on alias.absorbed_id = touched.person_id
left join whereabouts as of_survivor on of_survivor.person_id = alias.survivor_id
left join handover as offer on offer.case_id = cases.case_id and offer.status = 'offered' and offer.destination = 'ward'
where case when person.protected then offer.handover_id is not null or cases.noticed_in <> cases.ward
    else coalesce(whereabouts.lives_in, of_survivor.lives_in) <> coalesce(cases.noticed_in, cases.ward) end
order by cases.case_id

-- name: note_moved
-- $1 case_ids, $2 wards in which their children are now known to live, $3 how their newest hand-over stands, or null where it stands as before.
-- A page that was made before is old.
with written as (
    update cases set noticed_in = told.noticed_in, handover = coalesce(told.handover, cases.handover),
        version = cases.version + (told.handover is not null)::int
    from unnest($1::uuid[], $2::text[], $3::text[]) as told (case_id, noticed_in, handover) where cases.case_id = told.case_id
    returning cases.*
)
-- include: listed_with_case.sql
