-- Part of the list and of the first page, so that what one counts the other shows.
-- $1 ward, or null for all that may be seen; $2 born no earlier (age scope); $3 today; $4 the last of the opening days that are near;
-- $5 who asks; $6 the section of that person; $7 whether that person approves; $8 since when that person was not here, or null. Narrowed to
-- $9 the work of one or null, $10 whether that of nobody; $11 a group of reasons or null; $12 born no earlier and $13 born before, or null.
-- Of all that is open this reads the reviews alone, which say what is to be said of their cases (`listed_with_case.sql`), and each by an index:
-- a plan that serves every ward, and the whole city, knows of none which it is.
listed as materialized (
    select review.person_id, review.version, review.household_id, review.protected, review.fewness, review.opened_on,
        coalesce(review.oldest_known_at, 'infinity') as known_at, own, coalesce(review.case_asks, false) as asks, review.case_due_on as due_on,
        -- Another ward's, that this one is to accept: no work of its own yet.
        case when not own then 'receiving' else
-- include: stage.sql
        end as stage,
        own and review.case_handover = 'offered' as offered,
        own and review.case_handover = 'returned' as returned,
        own and review.case_id is not null and review.left_on <= $3::date as moved_out,
        own and review.case_due_on < $3::date as overdue,
        own and review.case_due_on = $3 as due_today,
        own and review.case_due_on > $3 and review.case_due_on <= $4::date and review.case_state <> 'conference' as due_soon,
        own and review.case_state = 'conference' and review.case_due_on between $3 and $4 as conferences,
        own and review.case_state = 'investigation' and $6::text = any (review.case_unanswered) as my_answers,
        own and review.case_asks and $7::bool and review.case_asked_by <> $5::uuid as my_approvals,
        own and review.case_asks and review.case_asked_by = $5 as my_requests,
        own and review.case_sent_back_to = $5 as sent_back,
        own and review.case_touched_at > $8::timestamptz and review.case_touched_by <> $5 as changed,
        own and coalesce(review.case_state, 'noticed') = 'noticed' and review.needed
            and review.opened_on >= ($8 at time zone 'Asia/Tokyo')::date as fresh
    from (
        select *, true as own from review where closed_at is null and ward = $1::text
        union all
        select *, ward is null as own from review where closed_at is null and offered_to = $1 and ward is distinct from $1
        union all
        -- Whoever is of no ward sees whom a measure protects, and nobody else.
        select *, true as own from review where closed_at is null and protected and $1 is null
    ) as review
    where (review.birth_date is null or review.birth_date >= $2)
      and ($9::uuid is null or (own and review.assigned_to = $9 and
-- include: owner_holds.sql
      ))
      -- What this ward is to accept is nobody's here, whoever has it there.
      and (not $10::bool or not own or review.assigned_to is null or not
-- include: owner_holds.sql
      )
      and ($11::text is null or $11 = any (review.groups))
      and ($12::date is null or review.birth_date >= $12) and ($13::date is null or review.birth_date < $13)
), counts as materialized (
    select count(*) filter (where own) as all, count(*) filter (where stage = 'not_started') as not_started,
        count(*) filter (where stage = 'investigation') as investigation, count(*) filter (where stage = 'conference') as conference,
        count(*) filter (where stage = 'going_on') as going_on, count(*) filter (where stage = 'deferred') as deferred,
        count(*) filter (where own and asks) as approval, count(*) filter (where stage = 'reasons_gone') as reasons_gone,
        count(*) filter (where stage = 'receiving') as receiving, count(*) filter (where offered) as offered,
        count(*) filter (where returned) as returned, count(*) filter (where moved_out) as moved_out,
        count(*) filter (where overdue) as overdue, count(*) filter (where due_today) as due_today,
        count(*) filter (where due_soon) as due_soon, count(*) filter (where conferences) as conferences,
        count(*) filter (where my_answers) as my_answers, count(*) filter (where my_approvals) as my_approvals,
        count(*) filter (where my_requests) as my_requests, count(*) filter (where sent_back) as sent_back,
        count(*) filter (where changed) as changed, count(*) filter (where fresh) as fresh
    from listed
)
