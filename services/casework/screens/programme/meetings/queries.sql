-- Meetings of the review board.

-- name: meetings
-- $1 how many. Each as it stands, the newest first.
select meeting_id, version, number, held_on, title, place, present::text as present, agenda, minutes, changed_at, changed_by_name
from (select distinct on (meeting_id) * from review_meeting order by meeting_id, version desc) as meeting
order by held_on desc, number desc limit $1

-- name: add
-- $1 meeting_id, $2 held on, $3 title, $4 place, $5 who is present, $6 agenda, $7 minutes, $8 now, $9 staff id, $10 staff name. Pressed twice,
-- it is one.
insert into review_meeting (
    meeting_id, version, number, held_on, title, place, present, agenda, minutes, changed_at, changed_by, changed_by_name
)
values ($1, 1, 'M-' || nextval('meeting_number'), $2, $3, $4, $5::text::json, $6, $7, $8, $9, $10) on conflict do nothing returning number

-- name: was_added
-- $1 to $7 as above. Whether this is what was first written of the meeting.
select exists (
    select from review_meeting
    where meeting_id = $1 and version = 1 and (held_on, title, place, agenda, minutes) = ($2, $3, $4, $6, $7)
    and present::jsonb = $5::text::jsonb
)

-- name: change
-- As above, with $11 the version that was read: the next word of a meeting; whoever comes second writes nothing.
insert into review_meeting (
    meeting_id, version, number, held_on, title, place, present, agenda, minutes, changed_at, changed_by, changed_by_name
)
select meeting_id, version + 1, number, $2, $3, $4, $5::text::json, $6, $7, $8, $9, $10
from review_meeting where meeting_id = $1 and version = $11 on conflict do nothing returning number
