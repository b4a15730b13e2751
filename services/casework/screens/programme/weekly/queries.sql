-- The weekly report. The numbers are read as the system and shown as sums only; those by stage are the statistics' own.

-- name: by_movement
-- $1 the first day of the week, $2 the day after its last; $3 and $4 the same as instants. What happened in the week, by place and kind.
-- Protected children, and those of whom the register names no ward, stand apart. What ended is counted by year alone:
-- a week's number that is left out would follow from the year's.
select place, kind, count(*) as n
from (
    select case when protected or ward is null then 'apart' else ward end as place, 'noticed' as kind
    from review where opened_on >= $1 and opened_on < $2
    union all
    select case when person.protected then 'apart' else cases.ward end, 'started'
    from cases join person on person.person_id = cases.person_id where cases.opened_at >= $3 and cases.opened_at < $4
    union all
    -- Each time that somebody went or called, whether the family was met or not; a visit to siblings is one (S12).
    select place, 'contact' from (
        select distinct case when person.protected then 'apart' else cases.ward end as place,
            coalesce(made.together, made.case_id) as whose, case when made.together is null then made.version end as which
        from case_move as made
        join cases on cases.case_id = made.case_id
        join person on person.person_id = cases.person_id
        where made.moved_at >= $3 and made.moved_at < $4 and made.move in ('record_contact', 'met')
    ) as visit
) as happened
group by place, kind

-- name: by_lateness
-- $1 today. Open cases whose time limit is over, by place.
select case when person.protected then 'apart' else cases.ward end as place, 'overdue' as kind, count(*) as n
from cases join person on person.person_id = cases.person_id
where cases.state <> 'closed' and cases.due_on < $1
group by 1, 2

-- name: latest
-- The week of the newest report.
select max(first_day) from weekly_report

-- name: keep
-- $1 the first day of the week, $2 now, $3 the content. Who makes the same week a second time changes nothing.
insert into weekly_report (first_day, made_at, content) values ($1, $2, $3::text::json) on conflict do nothing

-- name: report
-- $1 the first day of the week; null for the newest.
select first_day, made_at, content::text as content from weekly_report
where first_day = coalesce($1, (select max(first_day) from weekly_report))

-- name: weeks
-- $1 how many. The weeks that have a report, the newest first.
select first_day from weekly_report order by first_day desc limit $1
