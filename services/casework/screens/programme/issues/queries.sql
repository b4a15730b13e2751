-- Issues of the programme. Every word of one is a row.

-- name: issues
-- $1 how many. The words of the issues that are open, and of those that ended last, the first word of each first.
with newest as (
    select issue_id from (select distinct on (issue_id) * from programme_issue order by issue_id, version desc) as issue
    order by state in ('settled', 'dropped'), changed_at desc limit $1
)
select issue_id, version, number, title, text, meeting_id, state, owner, due_on, words, changed_at, changed_by_name, changed_by_place
from programme_issue where issue_id in (select issue_id from newest) order by issue_id, version

-- name: raise_issue
-- $1 issue_id, $2 title, $3 text, $4 meeting_id or null, $5 now, $6 staff id, $7 staff name, $8 their place. Pressed twice, it is one.
insert into programme_issue (
    issue_id, version, number, title, text, meeting_id, state, words, changed_at, changed_by, changed_by_name, changed_by_place
)
values ($1, 1, 'K-' || nextval('issue_number'), $2, $3, $4, 'raised', '', $5, $6, $7, $8) on conflict do nothing returning number

-- name: was_raised
-- $1 issue_id, $2 title, $3 text, $4 meeting_id or null. Whether this is what was raised by the id.
select exists (
    select from programme_issue
    where issue_id = $1 and version = 1 and (title, text) = ($2, $3) and meeting_id is not distinct from $4
)

-- name: issue
-- $1 issue_id. How it stands.
select number, version, state from programme_issue where issue_id = $1 order by version desc limit 1

-- name: change
-- $1 issue_id, $2 the version that was read, $3 state, $4 owner, $5 due on, $6 words, $7 now, $8 staff id, $9 staff name, $10 their place. The next
-- word of an issue; whoever comes second writes nothing.
insert into programme_issue (
    issue_id, version, number, title, text, meeting_id, state, owner, due_on, words, changed_at, changed_by, changed_by_name, changed_by_place
)
select issue_id, version + 1, number, title, text, meeting_id, $3, $4, $5, $6, $7, $8, $9, $10
from programme_issue where issue_id = $1 and version = $2 on conflict do nothing returning number

-- name: waiting
-- $1 today. How many issues nobody has taken up, and how many are late.
select count(*) filter (where state = 'raised') as raised, count(*) filter (where state = 'doing' and due_on < $1) as late
from (select distinct on (issue_id) state, due_on from programme_issue order by issue_id, version desc) as issue
