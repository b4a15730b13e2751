-- Looks through the whole register for pairs that people are asked about.

-- name: alike
-- Entries of two persons of the register who were born on one day and have one name, or one reading, but for blanks: the one that was recorded
-- first, and the other. Whom people said to be two is not among them.
with named as (
    select person_id, person_no, birth_date, regexp_replace(name, '\s', '', 'g') as name, regexp_replace(kana, '\s', '', 'g') as kana
    from person where registered and birth_precision = 'day'
), twice as (
    select a.person_id as one, b.person_id as other, a.person_no as one_no, b.person_no as other_no
    from named as a join named as b on a.birth_date = b.birth_date and a.name = b.name and a.person_id < b.person_id
    union
    select a.person_id, b.person_id, a.person_no, b.person_no
    from named as a join named as b on a.birth_date = b.birth_date and a.kana = b.kana and a.person_id < b.person_id
)
select case when (one.recorded_at, one.key) < (other.recorded_at, other.key) then one.key else other.key end as one,
       case when (one.recorded_at, one.key) < (other.recorded_at, other.key) then other.key else one.key end as other
from twice
join lateral (
    select key, recorded_at from record where subject_id = twice.one and state = 'linked' and event_type = 'resident.changed' order by key limit 1
) as one on true
join lateral (
    select key, recorded_at from record where subject_id = twice.other and state = 'linked' and event_type = 'resident.changed' order by key limit 1
) as other on true
where not exists (
    select from judgement
    where word = 'not_same' and judgement.one = any(array['entry:' || one_no, 'entry:' || other_no]) and judgement.other = any(array['entry:' || one_no, 'entry:' || other_no])
      and not exists (select from judgement as later where later.supersedes = judgement.judgement_id)
)
order by 1, 2

-- name: joined
-- The entries of everybody of whom two entries were judged to be one person's.
select source, event_type, record_id, revision, effective_on, recorded_at, event_id, data, subject_id, stated_pregnancy_id, state, rule, reason,
       person_id, pregnancy_id, said, subject_no, decided_at
from record
where subject_id = any(array(select person_id from subject where starts_with(subject, 'entry:') and person_id <> given_id))
  and state = 'linked' and event_type = 'resident.changed'
order by recorded_at, key

-- name: settled
-- What was seen when people said of two joined entries that they are one person's all the same.
select one, other, seen from review_answer as given
where kind = 'joined' and step in ('decided', 'confirmed') and starts_with(why, 'match')
  and not exists (select from review_answer as later
                  where (later.kind, later.one, later.other, later.step) = (given.kind, given.one, given.other, 'taken_back') and later.id > given.id)

-- name: replace
-- $1 text[] kinds, $2 uuid[], $3 uuid[] the pairs that there are now, $4 timestamptz now.
with found as (
    select * from unnest($1::text[], $2::uuid[], $3::uuid[]) as found (kind, one, other)
), gone as (
    delete from review_pair
    where not exists (select from found where (found.kind, found.one, found.other) = (review_pair.kind, review_pair.one, review_pair.other))
)
insert into review_pair (kind, one, other, since) select kind, one, other, $4 from found on conflict do nothing
