-- Whom a ward reported or sent to the child guidance centre. Row-level security leaves what is shared today.

-- name: at_center
-- $1 today, $2 how many. What is to be answered or accepted first, the earliest first; then what the centre has, and what it may still read.
-- Of a child whose case was followed by another, the newest that is shared.
select shared.*, count(*) over () as together from (
    select distinct on (cases.person_id) cases.person_id, person.protected, person.birth_date, name.name, name.kana, cases.ward, cases.state,
        cases.owner, cases.center_until, cases.center_report_due, offer.due_on as offer_due
    from cases
    join person on person.person_id = cases.person_id
    left join person_name as name on name.person_id = cases.person_id
    left join handover as offer on offer.case_id = cases.case_id and offer.status = 'offered' and offer.destination = 'guidance_center'
    where cases.center_until >= $1::date
    order by cases.person_id, cases.opened_at desc
) as shared
order by center_report_due is null, center_report_due, offer_due is null, offer_due, owner = 'ward', center_until, person_id limit $2
