-- Questionnaires of those who use the system.

-- name: surveys
-- $1 staff id, $2 how many. The newest first, with whether that person has answered.
select survey_id, number, title, questions, closes_on,
    exists (select from survey_taken where survey_taken.survey_id = survey.survey_id and survey_taken.staff_id = $1) as taken
from survey order by closes_on desc, made_at desc, survey_id limit $2

-- name: survey
-- $1 survey_id, $2 staff id.
select survey_id, number, title, questions, closes_on,
    exists (select from survey_taken where survey_taken.survey_id = survey.survey_id and survey_taken.staff_id = $2) as taken
from survey where survey_id = $1

-- name: answers
-- $1 survey_ids. Whoever asks reads them once they are closed, in no order of time.
select survey_id, choices, words from survey_answer where survey_id = any ($1::uuid[]) order by answer_id

-- name: make
-- $1 survey_id, $2 title, $3 questions, $4 last day, $5 now, $6 staff id, $7 staff name. Pressed twice, it is one.
insert into survey (survey_id, number, title, questions, closes_on, made_at, made_by, made_by_name)
values ($1, 'A-' || nextval('survey_number'), $2, $3, $4, $5, $6, $7) on conflict do nothing returning number

-- name: was_made
-- $1 survey_id, $2 title, $3 questions, $4 last day. Whether this is what was asked by the id.
select exists (select from survey where survey_id = $1 and (title, questions, closes_on) = ($2, $3::text[], $4))

-- name: take
-- $1 survey_id, $2 staff id. Returns nothing where that person has answered before.
insert into survey_taken (survey_id, staff_id) values ($1, $2) on conflict do nothing returning survey_id

-- name: answer
-- $1 answer_id, $2 survey_id, $3 choices, $4 words.
insert into survey_answer (answer_id, survey_id, choices, words) values ($1, $2, $3, $4)
