-- What readers say of the manual: a list to answer.

-- name: feedback
-- $1 how many. What waits first, the oldest first; then what was answered, the newest first. Whoever understood and wrote nothing is counted only.
select feedback_id, version, section, section_title, understood, words, said_at, staff_name, staff_place, became, answer, answered_at,
    answered_by_name
from manual_feedback where words <> '' or understood <> 'yes'
order by answered_at desc nulls first, said_at limit $1

-- name: understood
-- How many understood each section, in each version.
select section_title, version, count(*) filter (where understood = 'yes') as yes, count(*) as said
from manual_feedback group by section_title, version order by version desc, count(*) filter (where understood <> 'yes') desc, section_title limit 200

-- name: answer
-- $1 feedback_id, $2 what became of it, $3 the answer, $4 now, $5 staff id, $6 staff name. Whoever comes second changes nothing.
update manual_feedback set (became, answer, answered_at, answered_by, answered_by_name) = ($2, $3, $4, $5, $6)
where feedback_id = $1 and answered_at is null returning feedback_id
