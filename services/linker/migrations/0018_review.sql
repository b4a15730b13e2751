-- What is asked of people about who is who, and what they answered (`domain/reviewing/`).

-- Every answer that was ever given; rows are only ever added. `one` is the key of a record, `other` that of another one, or a revision of its own;
-- `seen` is what was shown, as a hash, and `bits` what its evidence weighed, where it could be weighed. Names of staff stay as they were: whoever left is still told of.
create table review_answer (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('number', 'entries', 'revision', 'joined')),
    one uuid not null,
    other text not null,
    step text not null check (step in ('decided', 'proposed', 'confirmed', 'declined', 'unsure')),
    why text not null,
    staff_id uuid not null,
    staff_label text not null,
    seen text not null,
    bits double precision,
    asked_at timestamptz not null,
    answered_at timestamptz not null
);
create index review_answer_question on review_answer (kind, one, other);
create index review_answer_time on review_answer (answered_at);
revoke update, delete on review_answer from linker;

-- Pairs of entries of the register, by the keys of their records, that a look through the whole register found: two that may be one person's,
-- and two that were taken for one person's and contradict each other. Found again from time to time (`review/pairing.py`).
create table review_pair (
    kind text not null check (kind in ('entries', 'joined')),
    one uuid not null,
    other uuid not null,
    since timestamptz not null,
    primary key (kind, one, other)
);

-- Everything that is asked now. `persons` are all whom it is about; nobody is asked about two of whom one is protected from the other
-- (`domain.md` §4.4), and nobody learns that there is such a question.
create view review_question as
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
