-- Reviews and cases under the hands of people.

-- name: hold_hearing
-- Whoever opens a closed review again waits for the parcel that is being heard, and lets none in until the commit (`begin_hearing`): a new
-- review of the same child must not be opened beside it. So does whoever changes who may see a child: parcels lock persons before reviews.
select pg_advisory_xact_lock(hashtextextended('casework.hearing', 0))

-- name: lock_review
-- $1 person_id. Whoever comes second waits here and then sees what the first one did: the facts of permission are those of the locked
-- row, and stay so until the commit.
select review.review_id, review.version, review.case_id, review.needed, person.household_id, review.ward, review.protected, review.barred,
    review.offered_to, coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive, array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders
from review join person using (person_id) where review.person_id = $1
-- The one that goes on; where there is none, the last one that ended.
order by review.closed_at desc nulls first limit 1
for update of review

-- name: asked_by
-- $1 person_id, $2 version of the scorer's word.
select ruleset, as_of, said_at from review_word where (person_id, version) = ($1::uuid, $2::int)

-- name: find_case
-- $1 case_id. Read after the lock: what stood in the same statement as the lock may be older than it.
select to_jsonb(found) from cases as found where case_id = $1

-- name: past_of
-- $1 case_id. All that was done with it, in order.
select to_jsonb(made) as past from case_move as made where case_id = $1 order by version

-- name: verdicts_of
-- $1 case_id. What was decided on its objections, by the version with which each came.
select jsonb_object_agg(version, verdicts) from (
    select version, jsonb_agg(verdict) as verdicts from objection_verdict where case_id = $1 group by version
) as decided

-- name: last_mover
-- $1 case_id, $2 version. Who moved the case to where it stands.
select moved_by from case_move where case_id = $1 and version = $2

-- name: save_case
-- $1 case_id, $2 person_id, $3 household_id, $4 ward, $5 state, $6 version, $7 opened_at, $8 staff id, $9 staff name, $10 due_on,
-- $11 section in charge, $12 its person, $13 how it ended, $14 the move that waits, $15 how its newest hand-over stands. Who opened it, when
-- and for whom never changes; the ward that owns it does by hand-over alone.
insert into cases (
    case_id, person_id, household_id, ward, state, version, opened_at, opened_by, opened_by_name, due_on, lead_section, person_in_charge,
    outcome, asks, handover, noticed_in
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $4)
on conflict (case_id) do update set
    owner = case when excluded.state = 'closed' then cases.owner else 'ward' end,
    ward = excluded.ward, handover = excluded.handover, state = excluded.state, version = excluded.version, due_on = excluded.due_on, lead_section = excluded.lead_section,
    person_in_charge = excluded.person_in_charge, outcome = excluded.outcome, asks = excluded.asks

-- name: note_hands
-- $1 case_id, $2 sections that have not answered, $3 who asked for what waits, $4 to whom something was sent back, $5 now, $6 who did it. The
-- last that is written of a case: its review shows it in the list from here on.
with written as (
    update cases set (unanswered, asked_by, sent_back_to, touched_at, touched_by) = ($2::text[], $3, $4, $5, $6) where case_id = $1 returning *
)
-- include: listed_with_case.sql

-- name: note_share
-- $1 case_id, $2 last day on which the child guidance centre may read the child or null, $3 whether with what is especially sensitive, $4 until
-- when it is to answer a report or null, $5 who has the case.
update cases set (center_until, center_sensitive, center_report_due, owner) = ($2, $3, $4, $5) where case_id = $1

-- name: note_move
-- $1 case_id, $2 version, $3 move, $4 from, $5 to, $6 now, $7 staff id, $8 details as JSON, $9 whether it waits, $10 name, $11 section
-- and $12 ward of the person, $13 when the case was due, $14 what it is one with of other children, or null.
insert into case_move (case_id, version, move, from_state, to_state, moved_at, moved_by, details, asks, by_name, by_section, by_ward, was_due_on, together)
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $11, $12, $13, $14)

-- name: attach_case
-- $1 review_id, $2 case_id, $3 state of the case, $4 today, $5 how it ended, $6 now. A review ends with its case, and goes on with it again.
update review set case_id = $2, closed_at = case when $3::text = 'closed' then coalesce(closed_at, $6::timestamptz) end,
    closed_on = case when $3 = 'closed' then coalesce(closed_on, $4::date) end, outcome = $5
where review_id = $1

-- name: answered_request
-- $1 staff_id, $2 key.
-- Whoever sent a case back, or gave it away, does not see it any more, and is answered what was answered before all the same.
select fingerprint, case_id, case_version, coalesce(answer.state, cases.state) as state
from request_key as answer left join cases using (case_id) where staff_id = $1 and key = $2

-- name: keep_answer
-- $1 staff_id, $2 key, $3 fingerprint, $4 case_id, $5 case_version, $6 state.
insert into request_key (staff_id, key, fingerprint, case_id, case_version, state) values ($1, $2, $3, $4, $5, $6)

-- name: forget_answers
-- Keys older than a day (`casework.md` §5).
delete from request_key where answered_at < now() - interval '24 hours'
