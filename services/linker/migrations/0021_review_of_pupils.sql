-- People are also asked about the rows of schools' lists of which it is not certain whom they mean: about one child of the register at a time,
-- the likeliest of whom nobody said that it is not.
alter table review_answer drop constraint review_answer_kind_check;
alter table review_answer add constraint review_answer_kind_check check (kind in ('number', 'pupil', 'entries', 'revision', 'joined'));

create view pupil_question as
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
  and record.reason in ('whom school, name and birth date mean is not certain', 'name or birth date is not that of the number''s person')
  and not exists (
      select from judgement
      where word = 'not_same' and judgement.one = 'entry:' || entry.number and judgement.other = 'pupil:' || record.pupil
        and not exists (select from judgement as later where later.supersedes = judgement.judgement_id)
  )
order by record.key, place;

create or replace view review_question as
with asked as (
    (select distinct on (record.subject_no, concern.person_id)
           'number' as kind, 'match' as queue, record.key as one, entry.key::text as other, record.reason, record.source, record.event_type,
           coalesce(record.decided_at, decided.at, record.recorded_at) as since,
           array_remove(array[record.subject_id, concern.person_id], null) as persons
    from record
    join concern on (concern.source, concern.event_type, concern.record_id) = (record.source, record.event_type, record.record_id)
    join person on person.person_id = concern.person_id and registered
    join lateral (
        select key from record as entry
        where entry.subject_id = concern.person_id and entry.state = 'linked' and entry.event_type = 'resident.changed' order by key limit 1
    ) as entry on true
    left join lateral (
        select max(link_decision.decided_at) as at from link_decision
        where subject = 'record' and (link_decision.source, link_decision.event_type, link_decision.record_id)
                                     = (record.source, record.event_type, record.record_id)
    ) as decided on true
    where record.state = 'review' and record.subject_no is not null
      and record.reason in ('number equal to another one but for leading zeros', 'number that the register gave up')
    -- One question for all records that name the number.
    order by record.subject_no, concern.person_id, record.recorded_at, record.key)
    union all
    select 'pupil', 'match', one, other::text, reason, source, event_type, since, array[person_id] from pupil_question
    union all
    select 'revision', 'split', record.key, statement.revision::text, 'revision contested', record.source, record.event_type,
           statement.recorded_at, array_remove(array[record.subject_id, statement.subject_id], null)
    from statement join record using (key)
    where contested and verdict is null
    union all
    select 'revision', 'split', record.key, record.revision::text, record.reason, record.source, record.event_type,
           coalesce(record.decided_at, record.recorded_at), array_remove(array[record.subject_id], null)
    from record left join statement using (key, revision)
    where record.state = 'review' and record.reason = 'number belongs to somebody else' and verdict is null
    union all
    select review_pair.kind, case review_pair.kind when 'entries' then 'match' else 'split' end, review_pair.one, review_pair.other::text,
           case review_pair.kind when 'entries' then 'two entries alike' else 'joined entries contradict' end, one.source, one.event_type,
           review_pair.since, array[one.subject_id, other.subject_id]
    from review_pair
    join record as one on one.key = review_pair.one and one.state = 'linked'
    join record as other on other.key = review_pair.other and other.state = 'linked'
    where (review_pair.kind = 'joined') = (one.subject_id = other.subject_id)
)
select kind, queue, one, other, reason, source, event_type, since, persons,
       exists (select from protection_measure where not voided and protected && persons) as is_protected
from asked
where not exists (select from protection_measure where not voided and protected && persons and opponents && persons);
