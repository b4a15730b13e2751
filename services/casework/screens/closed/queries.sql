-- Closed cases. Row-level security narrows all of it.

-- name: closed
-- $1 ward, or null for all that may be seen; $2 born no earlier (age scope); $3 the first day of the period, $4 the day after its last;
-- $5 the day and $6 the review after which the page begins, or null; $7 how many lines.
-- Newest first. One row per closed review on the page, each with how many there are in the period; a row without one where there is none.
with found as materialized (
    select review_id, person_id, closed_on, case_id from review
    where closed_at is not null and ($1::text is null or ward = $1) and (birth_date is null or birth_date >= $2)
      and closed_on >= $3 and closed_on < $4
), page as materialized (
    select * from found where $5::date is null or (closed_on, review_id) < ($5, $6::uuid) order by closed_on desc, review_id desc limit $7
)
select counted.n as total, counted.before, line.*
from (
    select count(*) as n, count(*) filter (where (closed_on, review_id) >= ($5::date, $6::uuid)) as before from found
) as counted left join (
    select page.review_id, page.person_id, page.closed_on, review.protected, review.birth_date, review.opened_on, review.outcome, name.name,
        cases.lead_section,
        exists (select from review as other where other.person_id = page.person_id and other.closed_at is null) as is_open_again
    from page
    join review on review.review_id = page.review_id
    left join person_name as name on name.person_id = page.person_id
    left join cases on cases.case_id = page.case_id
) as line on true
order by closed_on desc, review_id desc
