-- Comparing anew what was compared by another model, normaliser or gate, in pages.

-- name: children_left
-- $1 uuid the last person of the page before, $2 date who was born earlier is on no list, $3 text the normaliser in use, $4 at most: who is to be
-- put in one spelling anew, or for the first time.
select person.person_id from person left join comparable using (person_id)
where person.person_id > $1 and registered and birth_date >= $2 and normaliser is distinct from $3
order by person.person_id limit $4

-- name: count_children
-- $1 date, $2 text as in `children_left`: how many they are.
select count(*) from person left join comparable using (person_id)
where registered and birth_date >= $1 and normaliser is distinct from $2

-- name: mark
-- $1 bigint[] keys: the rows that ask by one of them are to be decided again.
update roster_row set stale = true where not stale and key in (select row_key from roster_key where roster_key.key = any($1::bigint[]))

-- name: pupils_left
-- $1 text the last pupil of the page before, $2, $3, $4, $8 text model, frequencies, normaliser and gate in use, $5 text[] the matcher's rules,
-- $6 text the event type of a list's rows, $7 at most: the pupils of whom a row is to be decided again; also where the matcher linked another
-- pupil of the list to the same child, as releases before this one did.
select distinct pupil from roster_row
where pupil > $1
  and (stale
       or exists (select from match_decision
                  where match_decision.decision_id = roster_row.decision_id and (model, frequencies, normaliser, gate) <> ($2, $3, $4, $8))
       or exists (select from record join record as other on other.subject_id = record.person_id
                  where record.key = roster_row.key and record.state = 'linked' and record.rule = any($5::text[]) and other.state = 'linked'
                    and other.event_type = $6 and other.pupil <> roster_row.pupil
                    and starts_with(other.pupil, substring(roster_row.pupil from '^[^|]*[|][^|]*[|]')))
       or exists (select from record join roster_row as other using (person_id)
                  where record.key = roster_row.key and record.state = 'linked' and record.rule = any($5::text[])
                    and other.pupil <> roster_row.pupil and starts_with(other.pupil, substring(roster_row.pupil from '^[^|]*[|][^|]*[|]'))))
order by pupil limit $7

-- name: count_pupils
-- How many pupils have a row that names no number.
select count(distinct pupil) from roster_row
