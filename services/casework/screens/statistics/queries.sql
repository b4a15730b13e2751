-- Numbers by place, read as the system and shown as sums only. A place is a ward; protected children, and those of whom the register names
-- no ward, stand apart: beside a ward they would tell where somebody lives (`domain.md` §4.4).

-- name: by_stage
-- $1 born no earlier. Open reviews by place and stage, as the list has them.
select case when review.protected or review.ward is null then 'apart' else review.ward end as place,
-- include: ../stage.sql
    as kind, count(*) as n
from review
where review.closed_at is null and (review.birth_date is null or review.birth_date >= $1)
group by 1, 2

-- name: by_deadline
-- $1 the first instant of the year, $2 that after its last. What brought a case on in the year, by whether it was in time.
select case when person.protected then 'apart' else cases.ward end as place,
    case when (made.moved_at at time zone 'Asia/Tokyo')::date <= made.was_due_on then 'kept' else 'late' end as kind, count(*) as n
from case_move as made
join cases on cases.case_id = made.case_id
join person on person.person_id = cases.person_id
where made.moved_at >= $1 and made.moved_at < $2 and made.from_state <> made.to_state and made.from_state not in ('noticed', 'closed')
  and made.was_due_on is not null
group by 1, 2

-- name: by_outcome
-- $1 the first day of the year, $2 the day after its last. Reviews that people closed in the year.
select case when review.protected or review.ward is null then 'apart' else review.ward end as place, review.outcome as kind, count(*) as n
from review
where review.closed_at is not null and review.closed_on >= $1 and review.closed_on < $2
group by 1, 2

-- name: by_reason
-- $1 the first day of the year, $2 the day after its last; $3 ward, or null for the whole city. The reasons that stood when the closed reviews
-- were taken up, each with how the review ended. A ward's own are without its protected children.
select reason ->> 'item' as item, review.outcome as kind, count(*) as n
from review
join cases on cases.case_id = review.case_id
cross join lateral (
    select indicators from review_word as word where word.person_id = review.person_id and word.said_at <= cases.opened_at
    order by word.version desc limit 1
) as word
cross join lateral jsonb_array_elements(word.indicators) as reason
where review.closed_at is not null and review.closed_on >= $1 and review.closed_on < $2
  and ($3::text is null or (review.ward = $3 and not review.protected)) and reason ->> 'value' = 'TRUE' and (reason ->> 'counted')::bool
group by 1, 2
