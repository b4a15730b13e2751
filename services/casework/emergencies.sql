-- Emergencies: whoever reads a child of another ward, for two hours and a reason (S24).

-- name: act_in_emergency
-- $1 now. As `act_as` has said who; until the end of the transaction.
select set_config('tsunagu.actor', 'emergency', true), set_config('tsunagu.now', $1::timestamptz::text, true)

-- name: begin_reading
-- $1 staff_id, $2 person_id. Two presses of one button come one after the other; held to the commit.
select pg_advisory_xact_lock(hashtextextended('casework.emergency.' || $1::uuid::text || $2::uuid::text, 0))

-- name: open_emergency
-- $1 staff_id, $2 person_id, $3 now. The one that goes on.
select emergency_id, ends_at from emergency where staff_id = $1 and person_id = $2 and ended_at is null and ends_at > $3

-- name: end_before
-- $1 staff_id, $2 person_id, $3 now. Whose time is over and whose end nobody noted yet.
update emergency set ended_at = ends_at, ended_why = 'time' where staff_id = $1 and person_id = $2 and ended_at is null and ends_at <= $3
returning emergency_id, person_id

-- name: start_emergency
-- $1 emergency_id, $2 person_id, $3 staff_id, $4 name, $5 place and $6 ward of the person, $7 ward of the child, $8 reason, $9 words, $10 now,
-- $11 until when, $12 by which day it is looked into.
insert into emergency (
    emergency_id, person_id, staff_id, staff_name, staff_place, staff_ward, child_ward, reason, words, started_at, ends_at, review_due_on
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: end_emergency
-- $1 emergency_id, $2 staff_id, $3 now. Nothing comes back of what ended before, or is another's.
update emergency set ended_at = $3, ended_why = 'by_hand' where emergency_id = $1 and staff_id = $2 and ended_at is null and ends_at > $3
returning person_id

-- name: end_what_is_over
-- $1 now. Whose time is over, and whose child is protected now.
update emergency set ended_at = least(emergency.ends_at, $1::timestamptz),
    ended_why = case when emergency.ends_at <= $1 then 'time' else 'now_protected' end
from person
where person.person_id = emergency.person_id and emergency.ended_at is null and (emergency.ends_at <= $1 or person.protected)
returning emergency.emergency_id, emergency.person_id, emergency.ended_why

-- name: whom_it_is_about
-- $1 person_id, or null; $2 birth date. As the system: children under review, now or before. Names are compared elsewhere.
select distinct on (review.person_id) review.person_id, name.name, name.kana
from review left join person_name as name on name.person_id = review.person_id
where case when $1::uuid is not null then review.person_id = $1 else review.birth_date = $2::date end
order by review.person_id, review.closed_at desc nulls first

-- name: own_open_emergencies
-- $1 staff_id, $2 now.
select emergency_id, person_id, ends_at from emergency where staff_id = $1 and ended_at is null and ends_at > $2 order by ends_at, emergency_id

-- name: count_unreviewed
-- $1 staff_id, $2 today. How many wait to be looked into by somebody else, and how many too long.
select count(*) as waiting, count(*) filter (where review_due_on < $2::date) as late from emergency where reviewed_at is null and staff_id <> $1

-- name: emergencies
-- $1 how many. Those that nobody has looked into first, the oldest of them first; then the others, the newest first.
select emergency_id, person_id, staff_id, staff_name, staff_place, reason, words, started_at, ends_at, ended_at, ended_why, review_due_on,
    reviewed_at, reviewed_by_name, verdict, review_words
from emergency
order by reviewed_at is null desc, case when reviewed_at is null then started_at end, started_at desc, emergency_id limit $1

-- name: lock_emergency
-- $1 emergency_id.
select person_id, staff_id, reviewed_at from emergency where emergency_id = $1 for update

-- name: review_emergency
-- $1 emergency_id, $2 now, $3 staff_id, $4 name, $5 verdict, $6 words.
update emergency set (reviewed_at, reviewed_by, reviewed_by_name, verdict, review_words) = ($2, $3, $4, $5, $6) where emergency_id = $1
