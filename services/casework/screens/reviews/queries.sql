-- The list: who may be seen, of an age that is looked at, ordered and grouped where the rows are. Row-level security narrows all of it.

-- name: page_of_list
-- $1 to $13 as in the part; $14 tab; $15 a child at whose household the page begins, or null, $16 the version of its review there, $17
-- whether the page ends before it instead; $18 how many households.
-- One row per child on the page, each with the counts of all tabs; a row without a child where there is none. One statement: no line, and no
-- count, is made of facts of two moments.
with
-- include: ../listed.sql
, ordered as materialized (
    -- By number of groups, then by the day that the list shows, then by the oldest fact that became known, then by id: the order never wavers
    -- (`domain.md` §2.7).
    select person_id, stage = 'reasons_gone' as gone, coalesce(household_id, person_id) as house, protected, fewness, opened_on, known_at,
        row_number() over (order by stage = 'reasons_gone', fewness, opened_on, known_at, person_id) as nth
    from listed where case $14
        when 'all' then own when 'approval' then own and asks when 'offered' then offered when 'returned' then returned
        when 'moved_out' then moved_out when 'overdue' then overdue when 'due_today' then due_today when 'due_soon' then due_soon
        when 'conferences' then conferences when 'my_answers' then my_answers when 'my_approvals' then my_approvals
        when 'my_requests' then my_requests when 'sent_back' then sent_back when 'changed' then changed when 'fresh' then fresh
        else stage = $14
    end
), houses as materialized (
    -- A household stands where its first child does. A protected child stands apart from household members who are not: being listed together
    -- would tell (`domain.md` §4.4).
    select gone, house, protected, first, row_number() over (order by first) as place
    from (select gone, house, protected, min(nth) as first from ordered group by gone, house, protected) as together
), edge as materialized (
    -- Whoever has left the tab still marks a place in it. Whose facts changed would mark another, and some would be passed over unseen.
    select coalesce((
        select max(place) from houses join ordered as head on head.nth = houses.first
        where (head.gone, head.fewness, head.opened_on, head.known_at, head.person_id)
            < (mark.stage = 'reasons_gone', mark.fewness, mark.opened_on, mark.known_at, mark.person_id)
           or (head.person_id = mark.person_id and not $17::bool)
    ), 0) - case when $17::bool then $18::int else 0 end as skipped
    from listed as mark where mark.person_id = $15 and mark.version = $16
), page as materialized (
    select person_id, nth, place, skipped
    from (select greatest(coalesce((select skipped from edge), 0), 0) as skipped) as start
    join houses on place > skipped and place <= skipped + $18
    join ordered using (gone, house, protected)
)
select counts.*, $15::uuid is not null and not exists (select from edge) as begun_anew, (select count(*) from houses) as houses, line.*
from counts left join (
    select page.skipped, page.place, page.nth, review.person_id, review.version, review.opened_on, review.needed, review.basis_changed,
        review.protected, review.birth_date, review.household_id, person.overdue_since, review.case_state as state,
        review.case_asks is true as asks, review.case_handover as handover, name.name, name.kana,
        review.ward <> $1 as is_receiving, review.assigned_version,
        (select version from cases where cases.case_id = review.case_id) as case_version,
        case when
-- include: ../owner_holds.sql
        then review.assigned_name end as owner,
        -- Of what a ward is to accept, the day until which it is to.
        case when review.ward <> $1 then (select due_on from handover as offer where offer.case_id = review.case_id and offer.status = 'offered')
            else review.case_due_on end as due_on,
        -- Looked up for these few alone: the wall around a number asks for everybody in its house.
        (
            select household_no from household where household.household_id = review.household_id
              and exists (select from whereabouts where whereabouts.person_id = review.person_id)
        ) as household_no,
        -- What a list says: the reasons that stand. The others, a dozen and more of each child, are for its page.
        jsonb_path_query_array(word.indicators, '$[*] ? (@.value == "TRUE" && @.counted == true)') as indicators
    from page
    join review on review.person_id = page.person_id and review.closed_at is null
    join review_word as word on word.person_id = review.person_id and word.version = review.version
    left join person on person.person_id = review.person_id
    left join person_name as name on name.person_id = review.person_id
) as line on true
order by place, nth

-- name: count_waiting
-- $1 ward, or null for all that may be seen; $2 born no earlier. How many stand under not_started in the list.
select count(*) from (
    select * from review where closed_at is null and ward = $1::text
    union all
    select * from review where closed_at is null and protected and $1 is null
) as review
where needed and coalesce(case_state, 'noticed') = 'noticed' and (birth_date is null or birth_date >= $2)

-- name: feeds
-- Up to which day each source has delivered, and how its feed stands where ingest has said so.
select source, complete_through, standing, since from feed full join feed_state using (source) order by source

-- name: last_here
-- $1 staff_id, $2 the instant at which today began. When somebody was last here on a day before today.
select at from access_note where staff_id = $1 and at < $2 order by at desc limit 1
