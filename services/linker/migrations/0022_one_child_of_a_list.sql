-- Two pupils of one list whom the matcher would link to one child are people's, both of them: whoever else of a list means a child is found by
-- the child, and people are asked about each.
create index roster_row_person on roster_row (person_id) where person_id is not null;

create or replace view pupil_question as
select distinct on (record.key)
       record.key as one, entry.key as other, record.reason, record.source, record.event_type,
       coalesce(record.decided_at, match_decision.decided_at, record.recorded_at) as since, meant.person_id
from record
left join roster_row on roster_row.key = record.key and record.subject_id is null
left join match_decision using (decision_id)
cross join lateral (
    select (candidate ->> 'person_id')::uuid as person_id, place
    from json_array_elements(match_decision.candidates) with ordinality as shown (candidate, place)
    union all
    select record.subject_id, 0 where record.subject_id is not null
) as meant
join person on person.person_id = meant.person_id and registered
join lateral (
    select key, data ->> 'person_no' as number from record as entry
    where entry.subject_id = meant.person_id and entry.state = 'linked' and entry.event_type = 'resident.changed'
    order by key limit 1
) as entry on true
where record.state = 'review'
  and record.reason in ('whom school, name and birth date mean is not certain', 'two pupils of one list mean the same child',
                        'name or birth date is not that of the number''s person')
  and not exists (
      select from judgement
      where word = 'not_same' and judgement.one = 'entry:' || entry.number and judgement.other = 'pupil:' || record.pupil
        and not exists (select from judgement as later where later.supersedes = judgement.judgement_id)
  )
order by record.key, place;
