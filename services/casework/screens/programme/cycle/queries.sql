-- The programme's cycle. Every word of a step is a row.

-- name: years
-- The years that have a cycle, the newest first.
select year, begun_at, begun_by_name from programme_cycle order by year desc

-- name: words
-- $1 year. Every word of its steps, the first word of each first.
select step_id, version, title, owner, due_on, done_on, words, changed_at, changed_by_name
from programme_step where year = $1 order by step_id, version

-- name: begin
-- $1 year, $2 now, $3 staff id, $4 staff name. Once.
insert into programme_cycle (year, begun_at, begun_by, begun_by_name) values ($1, $2, $3, $4) on conflict do nothing returning year

-- name: add_steps
-- $1 step ids, $2 year, $3 titles, $4 owners, $5 days due, $6 now, $7 staff id, $8 staff name. Pressed twice, it is one step.
insert into programme_step (step_id, version, year, title, owner, due_on, words, changed_at, changed_by, changed_by_name)
select step_id, 1, $2, title, owner, due_on, '', $6, $7, $8
from unnest($1::uuid[], $3::text[], $4::text[], $5::date[]) as added (step_id, title, owner, due_on)
on conflict do nothing returning step_id

-- name: was_added
-- $1 step_id, $2 year, $3 title, $4 owner, $5 day due. Whether this is the step that was added by the id.
select exists (
    select from programme_step where step_id = $1 and version = 1 and (year, title, owner, due_on) = ($2, $3, $4, $5)
)

-- name: change
-- $1 step_id, $2 the version that was read, $3 owner, $4 due on, $5 done on, $6 words, $7 now, $8 staff id, $9 staff name, $10 whether it is
-- done so far, $11 the year on whose page it stands. The next word of a step, where it still stands as it was read; whoever comes second
-- writes nothing.
insert into programme_step (step_id, version, year, title, owner, due_on, done_on, words, changed_at, changed_by, changed_by_name)
select step_id, version + 1, year, title, coalesce($3::text, owner), coalesce($4::date, due_on), $5::date, $6, $7, $8, $9
from programme_step as step
where step_id = $1 and version = $2 and year = $11 and (done_on is not null) = $10::bool
on conflict do nothing returning step_id

-- name: open_steps
-- $1 until when. Steps that are not done and due by then, of all cycles.
select title, due_on from (
    select distinct on (step_id) title, due_on, done_on from programme_step order by step_id, version desc
) as step where done_on is null and due_on <= $1 order by due_on limit 50
