-- Disposal of what is over its years. The tables of children are read and emptied as the system; `went` counts rows, by table.

-- name: hold_disposal
-- Who disposes of something, and who says that something is to stay, wait for each other; held to the commit.
select pg_advisory_xact_lock(hashtextextended('casework.disposal', 0))

-- name: next_number
-- Who was refused afterwards leaves a gap.
select nextval('disposal_number')

-- name: candidates
-- $1 over before, $2 how many, $3 uuid[] cases, or null for any. As the system: reviews that ended before that day with their cases, in no list, and
-- held by nothing: a hold that somebody placed, a request of somebody concerned that is not over, an emergency that nobody has looked into. Locked:
-- whoever opens a case again waits, or comes first.
select review.case_id, review.review_id, review.person_id, review.closed_on
from review join cases on cases.case_id = review.case_id and cases.state = 'closed'
where review.closed_at is not null and review.closed_on < $1::date
  -- What the child guidance centre may read is in use.
  and (cases.center_until is null or cases.center_until < $1) and ($3::uuid[] is null or review.case_id = any($3))
  and not exists (select from disposal_item as item where item.case_id = review.case_id and item.state = 'proposed' and $3 is null)
  and not exists (select from disposal_hold as hold where hold.case_id = review.case_id and hold.released_at is null)
  and not exists (
      -- Also under another id of the same person.
      select from privacy_request_person as tied
      where coalesce((select survivor_id from person_alias where absorbed_id = tied.person_id), tied.person_id)
          = coalesce((select survivor_id from person_alias where absorbed_id = review.person_id), review.person_id)
        and not exists (
          select from privacy_request_word as word
          where word.request_id = tied.request_id and word.does in ('carry_out', 'withdraw', 'transfer')
      )
  )
  and not exists (select from emergency where emergency.person_id = review.person_id and emergency.reviewed_at is null)
order by review.closed_on, review.case_id limit $2 for update of review, cases

-- name: propose
-- $1 list_id, $2 number, $3 over before, $4 now, $5 staff id, $6 staff name. Pressed twice, it is one.
insert into disposal_list (list_id, number, over_before, made_at, made_by, made_by_name) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing returning number

-- name: add_items
-- $1 list_id, $2 uuid[] cases, $3 uuid[] reviews, $4 uuid[] persons, $5 date[] closed on.
insert into disposal_item (list_id, case_id, review_id, person_id, closed_on, state, why)
select $1, case_id, review_id, person_id, closed_on, 'proposed', ''
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[]) as each (case_id, review_id, person_id, closed_on)
on conflict do nothing

-- name: lists
-- $1 how many. The newest first, with how many of its cases stand how.
select list.list_id, list.number, list.over_before, list.made_at, list.made_by_name, list.looked_at, list.looked_by, list.looked_by_name,
    list.approved, list.decided_at, list.decided_by_name, list.decided_words,
    (
        select json_object_agg(state, n) from (
            select state, count(*) as n from disposal_item as item where item.list_id = list.list_id group by state
        ) as counted
    )::text as counts
from disposal_list as list order by list.made_at desc limit $1

-- name: number_of
-- $1 list_id.
select number from disposal_list where list_id = $1

-- name: items
-- $1 list_id, $2 how many. By the day on which they ended.
select case_id, closed_on, state, why from disposal_item where list_id = $1 order by closed_on, case_id limit $2

-- name: lock_list
-- $1 list_id. Whoever comes second waits here, and then sees what the first one did.
select looked_at, looked_by, approved from disposal_list where list_id = $1 for update

-- name: keep_case
-- $1 list_id, $2 case_id, $3 why. Taken out of a list that is not decided.
update disposal_item set state = 'kept', why = $3 where list_id = $1 and case_id = $2 and state = 'proposed' returning case_id

-- name: look_through
-- $1 list_id, $2 now, $3 staff id, $4 staff name.
update disposal_list set looked_at = $2, looked_by = $3, looked_by_name = $4 where list_id = $1

-- name: decide
-- $1 list_id, $2 whether it is approved, $3 now, $4 staff id, $5 staff name, $6 words.
update disposal_list set approved = $2, decided_at = $3, decided_by = $4, decided_by_name = $5, decided_words = $6 where list_id = $1

-- name: give_back
-- $1 list_id. What was not approved is in no list any more.
update disposal_item set state = 'kept', why = 'declined' where list_id = $1 and state = 'proposed'

-- name: slice
-- $1 how many. As the system: cases of approved lists that are not gone yet.
select item.list_id, item.case_id, list.number, list.over_before from disposal_item as item join disposal_list as list on list.list_id = item.list_id
where item.state = 'proposed' and list.approved order by list.decided_at, item.case_id limit $1

-- name: hold_items
-- $1 list_id, $2 uuid[] cases that something holds by now.
update disposal_item set state = 'held', why = 'held' where list_id = $1 and case_id = any($2::uuid[])

-- name: gone_items
-- $1 list_id, $2 case_id, $3 now, $4 rows by table as JSON.
update disposal_item set state = 'disposed', disposed_at = $3, went = $4::text::json, review_id = null, person_id = null
where list_id = $1 and case_id = $2

-- name: forget_whose
-- $1 uuid[] cases that are gone. Earlier lists in which they stayed say no more than this one.
update disposal_item set review_id = null, person_id = null where case_id = any($1::uuid[]) and person_id is not null

-- name: place_hold
-- $1 hold_id, $2 case_id, $3 why, $4 words, $5 now, $6 staff id, $7 staff name. A case has one at a time.
insert into disposal_hold (hold_id, case_id, why, words, placed_at, placed_by, placed_by_name) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing returning hold_id

-- name: is_case
-- $1 case_id. As the system: whether there is such a case.
select exists (select from cases where case_id = $1)

-- name: release_hold
-- $1 hold_id, $2 now, $3 staff id, $4 staff name, $5 words.
update disposal_hold set released_at = $2, released_by = $3, released_by_name = $4, released_words = $5
where hold_id = $1 and released_at is null returning case_id

-- name: holds
-- $1 how many. Those that stand, the oldest first.
select hold_id, case_id, why, words, placed_at, placed_by_name from disposal_hold where released_at is null order by placed_at limit $1
