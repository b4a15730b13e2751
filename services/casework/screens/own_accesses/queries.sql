-- The list of one's own looks and deeds.

-- name: own_accesses
-- $1 staff_id, $2 limit.
select note.at, note.action, note.decision, note.person_id, note.others, name.name, person.protected
from access_note as note
left join person on person.person_id = note.person_id and note.decision <> 'deny'
left join person_name as name on name.person_id = person.person_id
where note.staff_id = $1 order by note.at desc, note.id limit $2
