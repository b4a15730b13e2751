-- Whom one may find: children who are, or were, under review. Row-level security narrows all of it.

-- name: may_be_found
-- $1 born no earlier (age scope), but for whoever has a case that goes on; $2 birth date, or null; $3 household number without leading
-- zeros, or null. One row per child: as it stands now, or stood last.
select distinct on (review.person_id) review.person_id, review.protected, review.birth_date, review.opened_on, review.closed_at, review.needed,
    cases.state, name.name, name.kana
from review
left join cases on cases.case_id = review.case_id
left join person_name as name on name.person_id = review.person_id
where (review.birth_date is null or review.birth_date >= $1 or (review.closed_at is null and cases.case_id is not null))
  and ($2::date is null or review.birth_date = $2)
  and (
      $3::text is null or exists (
          -- The number of a house is behind the wall around who lives there: where one is hidden, nobody of the house is found by it.
          select from household
          where household.household_id = review.household_id and ltrim(household.household_no, '0') = $3
            and exists (select from whereabouts where whereabouts.person_id = review.person_id)
      )
  )
order by review.person_id, review.closed_at desc nulls first
