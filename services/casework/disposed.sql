-- What goes with a case, in the order in which nothing refers to it any more: $1 the case, the others by the person, where no review of theirs is left.

-- name: words_of_review
-- $1 case_id, $2 person_id. Which of the scorer's words go with the case's review, by version: those after the review before it ended, until the
-- one that opened the next one. Left there, they would be taken for what opened that one (`heard` of domain/review.py).
select coalesce((select max(earlier.version) from review as earlier where earlier.person_id = $2 and earlier.version < gone.version), 0) as after,
    coalesce(
        (
            select min(word.version) from review_word as word join disposition using (event_id)
            where word.person_id = $2 and word.version > gone.version and disposition.disposition = 'opened'
        ),
        (select gone.version + 1 where exists (select from review as later where later.person_id = $2 and later.version > gone.version)),
        2147483647
    ) as until
from review as gone where gone.person_id = $2 and gone.case_id = $1

-- name: objection_verdict
-- $1 case_id.
with gone as (delete from objection_verdict where case_id = $1 returning 1) select count(*) from gone

-- name: case_move
-- $1 case_id.
with gone as (delete from case_move where case_id = $1 returning 1) select count(*) from gone

-- name: handover
-- $1 case_id.
with gone as (delete from handover where case_id = $1 returning 1) select count(*) from gone

-- name: case_file
-- $1 case_id. With what is in them.
with gone as (delete from case_file where case_id = $1 returning 1) select count(*) from gone

-- name: review
-- $1 case_id, $2 person_id.
with gone as (delete from review where person_id = $2 and case_id = $1 returning 1) select count(*) from gone

-- name: cases
-- $1 case_id.
with gone as (delete from cases where case_id = $1 returning 1) select count(*) from gone

-- name: is_left
-- $1 person_id. Whether there is a review of theirs.
select exists (select from review where person_id = $1)

-- name: sample
-- $1 person_id, $2 and $3 between which versions.
with gone as (
    delete from sample where event_id in (select event_id from review_word as word where word.person_id = $1 and word.version > $2 and word.version < $3)
    returning 1
) select count(*) from gone

-- name: disposition
-- $1 person_id, $2 and $3 between which versions.
with gone as (
    delete from disposition
    where event_id in (select event_id from review_word as word where word.person_id = $1 and word.version > $2 and word.version < $3)
    returning 1
) select count(*) from gone

-- name: review_word
-- $1 person_id, $2 and $3 between which versions.
with gone as (delete from review_word where person_id = $1 and version > $2 and version < $3 returning 1) select count(*) from gone

-- name: dispute_answer
-- $1 person_id.
with gone as (
    delete from dispute_answer where dispute_id in (select dispute_id from dispute where dispute.person_id = $1) returning 1
) select count(*) from gone

-- name: dispute
-- $1 person_id.
with gone as (delete from dispute where person_id = $1 returning 1) select count(*) from gone

-- name: emergency
-- $1 person_id.
with gone as (delete from emergency where person_id = $1 returning 1) select count(*) from gone

-- name: assignment
-- $1 person_id.
with gone as (delete from assignment where person_id = $1 returning 1) select count(*) from gone

-- name: access_note
-- $1 person_id. Who looked stands in the log, for as long as that is kept.
with gone as (delete from access_note where person_id = $1 returning 1) select count(*) from gone
