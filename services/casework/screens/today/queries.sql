-- The first page of the day.

-- name: today
-- $1 to $13 as in the part; $14 how many lines of each view.
-- One row per view and child that is shown, each with the counts of all views; a row without a child where there is none. The counts are
-- those of the list, by the same words.
with
-- include: ../listed.sql
, standing as (
    select view, person_id, row_number() over (partition by view order by due_on, opened_on, person_id) as nth
    from listed cross join lateral (
        values ('receiving', stage = 'receiving'), ('returned', returned), ('overdue', overdue), ('due_today', due_today), ('due_soon', due_soon), ('conferences', conferences), ('my_answers', my_answers),
            ('my_approvals', my_approvals), ('my_requests', my_requests), ('sent_back', sent_back), ('changed', changed), ('fresh', fresh)
    ) as views (view, holds)
    where holds
)
select counts.*, line.*
from counts left join (
    select standing.view, standing.nth, review.person_id, review.protected, review.birth_date, review.opened_on, name.name, cases.state,
        -- Of what a ward is to accept, the day until which it is to.
        case when standing.view = 'receiving' then offer.due_on else cases.due_on end as due_on, cases.asks, cases.unanswered, cases.lead_section, cases.person_in_charge, last.move as last_move,
        last.by_name as last_by, last.moved_at as last_at, asked.move as asked_move, asked.by_name as asked_by, back.by_name as back_by
    from standing
    join review on review.person_id = standing.person_id and review.closed_at is null
    left join person_name as name on name.person_id = review.person_id
    left join cases on cases.case_id = review.case_id
    left join handover as offer on offer.case_id = cases.case_id and offer.status = 'offered'
    -- What people did last: the register may have changed the case since (an offer to another ward).
    left join lateral (
        select move, by_name, moved_at from case_move as made where made.case_id = cases.case_id order by made.version desc limit 1
    ) as last on true
    left join lateral (
        select move, by_name from case_move as made where made.case_id = cases.case_id and made.asks order by made.version desc limit 1
    ) as asked on true
    left join lateral (
        select by_name from case_move as made where made.case_id = cases.case_id and made.move = 'send_back' order by made.version desc limit 1
    ) as back on cases.sent_back_to is not null
    where nth <= $14
) as line on true
order by view, nth
