-- What inspection asks.

-- name: everything_that_counts
-- The state as lines of text that depend on the input alone, in a fixed order: no times, no versions, no drawn ids, and no day that
-- was counted from the day on which somebody pressed a button.
select line from (
    select 'person ' || jsonb_build_array(person_id, birth_date, sex, household_id, stands, ward, protected, barred, offered_to)::text as line
    from person where version > 0
    union all
    select 'overdue ' || jsonb_build_array(person_id, overdue_since)::text from person where overdue_version > 0
    union all
    select 'name ' || jsonb_build_array(person_id, person_no, name, kana)::text from person_name
    union all
    select 'whereabouts ' || jsonb_build_array(person_id, lives_in, address_code, left_on)::text from whereabouts
    union all
    select 'household ' || jsonb_build_array(household_id, household_no)::text from household
    union all
    select 'member ' || jsonb_build_array(household_id, person_id, relationship, starts, ends)::text from household_member
    union all
    select 'measure ' || jsonb_build_array(measure_id, valid_from, valid_to, protected, opponents, voided)::text from measure
    union all
    select 'review ' || jsonb_build_array(person_id, groups, needed, ward, protected, barred, offered_to, left_on)::text from review where closed_at is null
    union all
    select 'case ' || jsonb_build_array(person_id, ward, state)::text from cases
) as lines order by line collate "C"

-- name: reviews_by_ward
-- Protected children count together: where there are few of them, a number by ward tells where they live. Reviews whose reasons are
-- gone count apart: nobody is asked to take them up.
select case when review.protected then 'protected' else coalesce(review.ward, 'unknown') end as ward,
    case when cases.state is null and not review.needed then 'reasons_gone' else coalesce(cases.state, 'noticed') end as state,
    count(*) as reviews
from review left join cases on cases.case_id = review.case_id
where review.closed_at is null group by 1, 2 order by 1, 2

-- name: cases_by_stage
select state, count(*) as n from cases group by state

-- name: dispositions
select disposition, count(*) as n from disposition group by disposition order by disposition

-- name: review_of
-- $1 person_id.
select review.opened_on, review.groups, review.needed, review.basis_changed, review.ward, word.indicators
from review join review_word as word on word.person_id = review.person_id and word.version = review.version
where review.person_id = $1 and review.closed_at is null

-- name: suppressed_of
-- $1 person_id.
select exists (select from disposition where person_id = $1 and disposition = 'suppressed')

-- name: case_of
-- $1 person_id.
select case_id, ward, state, version, due_on, opened_by from cases where person_id = $1 order by opened_at desc, case_id limit 1

-- name: count_accesses
-- One entry for each look, and one for everybody whom it showed beside.
select coalesce(sum(1 + others), 0)::bigint from access_note where kind = 'access'

-- name: reviewed_among
-- $1 text[] person numbers. Those with an open review.
select person_no from review join person_name using (person_id) where closed_at is null and person_no = any($1::text[]) order by person_no

-- name: reviews_without_case
-- Open reviews that somebody is asked to take up and nobody has, and the ward that answers for each.
select person_id, ward from review where closed_at is null and case_id is null and needed and ward is not null order by opened_on, person_id

-- name: count_open_cases
select count(*) from cases where state <> 'closed'

-- name: standing_of
-- $1 person_id.
select household_id, protected from person where person_id = $1

-- name: numbers_of
-- $1 person_ids.
select person_no from person_name where person_id = any($1::uuid[]) order by person_no
