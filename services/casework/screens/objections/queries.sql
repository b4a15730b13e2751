-- Requests to suspend the use of a child's data.

-- name: objections
-- $1 how many. What waits first, the oldest first. Neither ward nor name of the child: where a protected one lives is told to nobody.
select made.case_id, made.version, made.moved_at, made.by_name, made.details,
    (
        select jsonb_agg(to_jsonb(said) order by said.decided_at) from objection_verdict as said
        where (said.case_id, said.version) = (made.case_id, made.version)
    ) as verdicts
from case_move as made where made.move = 'record_objection'
order by exists (
    select from objection_verdict as said
    where (said.case_id, said.version) = (made.case_id, made.version) and said.final
), made.moved_at limit $1

-- name: decide
-- $1 case_id, $2 version, $3 verdict, $4 words, $5 now, $6 staff id, $7 staff name. Once; nothing after the end was said.
insert into objection_verdict (case_id, version, verdict, words, decided_at, decided_by, decided_by_name)
select made.case_id, made.version, $3, $4, $5, $6, $7 from case_move as made
where (made.case_id, made.version) = ($1::uuid, $2::int) and made.move = 'record_objection' and not exists (
    select from objection_verdict as said
    where (said.case_id, said.version) = (made.case_id, made.version) and said.final
)
on conflict do nothing returning version
