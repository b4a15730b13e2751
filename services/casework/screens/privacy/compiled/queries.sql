-- What is held of the child of a request.

-- name: compiled
-- $1 uuid[] ids under which a child is known, $2 how many looks. As the system: all that is held of each, and whether a measure protects any
-- of them, in one statement: a measure that is committed meanwhile hides everything or nothing of what is here.
select one.person_id,
    exists (select from person where person.person_id = any($1::uuid[]) and person.protected) as protected,
    (
        select jsonb_agg(to_jsonb(word) order by word.version) from review_word as word where word.person_id = one.person_id
    ) as words,
    (
        select jsonb_agg(jsonb_build_object('row', to_jsonb(cases), 'past', (
            select jsonb_agg(to_jsonb(made) order by made.version) from case_move as made where made.case_id = cases.case_id
        )) order by cases.opened_at) from cases
        where cases.case_id in (select review.case_id from review where review.person_id = one.person_id)
    ) as cases,
    (
        select jsonb_agg(to_jsonb(look) order by look.at, look.id) from (
            select id, at, staff_name, staff_place, action, decision from access_note
            where person_id = one.person_id and decision <> 'deny' order by at desc, id limit $2
        ) as look
    ) as looks
from unnest($1::uuid[]) as one (person_id) order by one.person_id
