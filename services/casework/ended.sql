-- The review that a quiet request follows: the last one that ended before it; none where people have opened it again. `ended_by` is who ended its
-- case: who asked for the move that closed it, and who made it.
left join lateral (
    select review.outcome, review.closed_on, array(
        select distinct made.moved_by from case_move as made
        where made.case_id = review.case_id and made.move = (
            select closing.move from case_move as closing
            where closing.case_id = review.case_id and closing.to_state = 'closed' and closing.from_state <> 'closed'
            order by closing.version desc limit 1
        )
    ) as ended_by
    from review where review.person_id = sample.person_id and closed_at is not null and review.version < word.version
    order by review.version desc limit 1
) as ended on true
