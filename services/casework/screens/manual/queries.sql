-- The manual as it was shown, and what its readers say of it.

-- name: keep_version
-- $1 hash, $2 now, $3 the sections as JSON. The text that is shown is kept before it is shown; one that was shown before is the same version.
insert into manual_version (version, hash, shown_from, sections)
select coalesce(max(version), 0) + 1, $1, $2, $3::text::jsonb from manual_version
having not exists (select from manual_version where hash = $1)
on conflict do nothing

-- name: version_of_text
-- $1 hash.
select version from manual_version where hash = $1

-- name: versions
-- The newest first.
select version, shown_from, sections::text as sections from manual_version order by version desc limit 50

-- name: own_feedback
-- $1 staff_id.
select section, section_title, understood, words, said_at, became, answer, answered_at, answered_by_name
from manual_feedback where staff_id = $1 and (words <> '' or understood <> 'yes') order by said_at desc limit 20

-- name: names_before_the_eyes
-- $1 staff_id, $2 since when. As the system: of whom somebody opened lately, also in an emergency that is over.
select distinct name.name, name.kana from access_note as note join person_name as name using (person_id)
where note.staff_id = $1 and note.at >= $2 and note.person_id is not null

-- name: save_feedback
-- $1 id, $2 version, $3 section, $4 its title, $5 whether understood, $6 words, $7 now, $8 staff id, $9 staff name, $10 place. Once, however
-- often it is pressed.
insert into manual_feedback (feedback_id, version, section, section_title, understood, words, said_at, staff_id, staff_name, staff_place)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning feedback_id
