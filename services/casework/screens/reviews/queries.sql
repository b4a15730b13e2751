-- The list. Row-level security narrows both.

-- name: listed_reviews
-- $1 ward, or null for all that may be seen. Order and grouping are a rule of the domain.
select review.person_id, review.version, cardinality(review.groups) as group_count, review.oldest_known_at, review.opened_on, review.needed,
    review.basis_changed, review.protected, person.birth_date, person.household_id, cases.state, cases.due_on, cases.version as case_version
from review
left join person on person.person_id = review.person_id
left join cases on cases.case_id = review.case_id
where review.closed_at is null and ($1::text is null or review.ward = $1)
order by review.person_id

-- name: listed_children
-- $1 person_ids. All that the list says of the children on one page, in one statement: no line is made of facts of two moments.
select review.person_id, review.version, cardinality(review.groups) as group_count, review.oldest_known_at, review.opened_on, review.needed,
    review.basis_changed, review.protected, person.birth_date, person.household_id, cases.state, cases.due_on,
    name.name, name.kana, person.sex, person.overdue_since, household.household_no, word.indicators
from review
join review_word as word on word.person_id = review.person_id and word.version = review.version
left join person on person.person_id = review.person_id
left join cases on cases.case_id = review.case_id
left join person_name as name on name.person_id = review.person_id
left join whereabouts on whereabouts.person_id = review.person_id
left join household on household.household_id = person.household_id and whereabouts.person_id is not null
where review.person_id = any($1::uuid[]) and review.closed_at is null
order by review.person_id
