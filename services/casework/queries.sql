-- Every transaction begins by saying who acts (row-level security).

-- name: act_as
-- $1 actor (system, staff, coordinator), $2 ward or '', $3 staff id or ''. Until the end of the transaction: a pooled connection
-- forgets it by itself.
select set_config('tsunagu.actor', $1, true), set_config('tsunagu.ward', $2, true), set_config('tsunagu.staff', $3, true)

-- What is heard. All statements take whole parcels.

-- name: begin_hearing
-- Acts as the system, and lets one parcel at a time in: a measure, a move of its opponent and a review that arrive on three partitions
-- must not work out side by side who may see a child, each without the other two (S07). Held to the commit.
select set_config('tsunagu.actor', 'system', true), set_config('tsunagu.ward', '', true), set_config('tsunagu.staff', '', true),
    pg_advisory_xact_lock(hashtextextended('casework.hearing', 0))

-- name: save_measures
-- $1 measure_ids, $2 versions, $3 valid_froms, $4 valid_tos, $5 protected as '{uuid,…}' texts, $6 opponents likewise, $7 voided.
-- Returns the persons whom the older or the newer wording protects: an older message returns nothing.
with told as (
    select distinct on (measure_id) *
    from unnest($1::uuid[], $2::int[], $3::date[], $4::date[], $5::text[], $6::text[], $7::bool[])
        as told (measure_id, version, valid_from, valid_to, protected, opponents, voided)
    order by measure_id, version desc
), before as (
    select measure.protected from measure join told using (measure_id)
), saved as (
    insert into measure (measure_id, version, valid_from, valid_to, protected, opponents, voided)
    select measure_id, version, valid_from, valid_to, protected::uuid[], opponents::uuid[], voided from told
    on conflict (measure_id) do update set
        version = excluded.version, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        protected = excluded.protected, opponents = excluded.opponents, voided = excluded.voided
    where measure.version < excluded.version
    returning protected
)
select distinct unnest(protected) as person_id from (select protected from before union all select protected from saved) as either

-- name: remember_persons
-- $1 person_ids: makes rows for persons of whom nothing else is known yet, so that protection is there before their names.
insert into person (person_id) select distinct unnest($1::uuid[]) on conflict do nothing

-- name: save_persons
-- $1 person_ids, $2 versions, $3 birth_dates, $4 sexes, $5 wards where they live, $6 household_ids, $7 whether they exist.
with told as (
    select distinct on (person_id) *
    from unnest($1::uuid[], $2::int[], $3::date[], $4::text[], $5::text[], $6::uuid[], $7::bool[])
        as told (person_id, version, birth_date, sex, lives_in, household_id, stands)
    order by person_id, version desc
), saved as (
    insert into person (person_id, version, birth_date, sex, household_id, stands)
    select person_id, version, birth_date, sex, household_id, stands from told
    on conflict (person_id) do update set
        version = excluded.version, birth_date = excluded.birth_date, sex = excluded.sex, household_id = excluded.household_id,
        stands = excluded.stands
    where person.version < excluded.version
    returning person_id
)
insert into whereabouts (person_id, lives_in) select person_id, lives_in from told join saved using (person_id)
on conflict (person_id) do update set lives_in = excluded.lives_in

-- name: save_names
-- $1 person_ids, $2 versions, $3 person_nos, $4 names, $5 kanas, $6 address_codes.
with told as (
    select distinct on (person_id) *
    from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
        as told (person_id, version, person_no, name, kana, address_code)
    order by person_id, version desc
), saved as (
    insert into person_name (person_id, version, person_no, name, kana)
    select person_id, version, person_no, name, kana from told
    on conflict (person_id) do update set
        version = excluded.version, person_no = excluded.person_no, name = excluded.name, kana = excluded.kana
    where person_name.version < excluded.version
    returning person_id
)
insert into whereabouts (person_id, address_code) select person_id, address_code from told join saved using (person_id)
on conflict (person_id) do update set address_code = excluded.address_code

-- name: save_households
-- $1 household_ids, $2 versions, $3 household_nos. Returns the households whose members are to be written anew.
insert into household (household_id, version, household_no)
select distinct on (household_id) household_id, version, household_no
from unnest($1::uuid[], $2::int[], $3::text[]) as told (household_id, version, household_no)
order by household_id, version desc
on conflict (household_id) do update set version = excluded.version, household_no = excluded.household_no
where household.version < excluded.version
returning household_id, version

-- name: save_members
-- $1 household_ids to write anew; $2 household_ids, $3 person_ids, $4 relationships, $5 starts, $6 ends of all their members.
with gone as (
    delete from household_member where household_id = any($1::uuid[])
)
insert into household_member (household_id, person_id, relationship, starts, ends)
select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[])

-- name: lock_access
-- $1 person_ids of which something changed. Locks the reviews that refresh_access is about to work out. Apart from it: whoever has
-- just started an investigation is waited for here, and only a statement that begins afterwards sees that case.
select from review where person_id = any($1::uuid[]) or person_id in (
    select unnest(measure.protected) from measure where not voided and measure.opponents && $1::uuid[]
) order by person_id for update

-- name: refresh_access
-- $1 person_ids of which something changed. Works out anew who may see them, and those whom they are an opponent of.
-- A case stays with its ward when the child moves, unless an opponent lives there.
with touched as (
    select unnest($1::uuid[]) as person_id
    union
    select unnest(measure.protected) from measure where not voided and measure.opponents && $1::uuid[]
), shadow as (
    select person.person_id, measures.protected, measures.barred,
        case when cases.ward is not null and not (cases.ward = any (measures.barred)) then cases.ward else whereabouts.lives_in end as ward
    from touched
    join person using (person_id)
    left join whereabouts using (person_id)
    left join cases on cases.person_id = person.person_id and cases.state <> 'closed'
    cross join lateral (
        select count(measure.measure_id) > 0 as protected,
            coalesce(array_agg(distinct theirs.lives_in order by theirs.lives_in) filter (where theirs.lives_in is not null), '{}') as barred
        from measure
        left join person as opponent on opponent.person_id = any (measure.opponents)
        left join whereabouts as theirs on theirs.person_id = opponent.person_id
        where measure.protected @> array[person.person_id] and not measure.voided
    ) as measures
), persons as (
    update person set ward = shadow.ward, protected = shadow.protected, barred = shadow.barred
    from shadow where person.person_id = shadow.person_id
      and (person.ward, person.protected, person.barred) is distinct from (shadow.ward, shadow.protected, shadow.barred)
)
update review set ward = shadow.ward, protected = shadow.protected, barred = shadow.barred
from shadow where review.person_id = shadow.person_id
  and (review.ward, review.protected, review.barred) is distinct from (shadow.ward, shadow.protected, shadow.barred)

-- name: save_overdue
-- $1 person_ids, $2 versions, $3 days since when the evaluation is overdue, or null.
insert into person (person_id, overdue_version, overdue_since)
select distinct on (person_id) person_id, version, since from unnest($1::uuid[], $2::int[], $3::date[]) as told (person_id, version, since)
order by person_id, version desc
on conflict (person_id) do update set overdue_version = excluded.overdue_version, overdue_since = excluded.overdue_since
where person.overdue_version < excluded.overdue_version

-- name: save_words
-- $1 person_ids, $2 versions, $3 event_ids, $4 kinds, $5 rulesets, $6 as_ofs, $7 needed, $8 groups as '{A,B}' texts,
-- $9 indicators as JSON texts, $10 when they were said.
insert into review_word (person_id, version, event_id, kind, ruleset, as_of, needed, groups, indicators, said_at)
select person_id, version, event_id, kind, ruleset, as_of, needed, groups::text[], indicators::jsonb, said_at
from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::bool[], $8::text[], $9::text[], $10::timestamptz[])
    as told (person_id, version, event_id, kind, ruleset, as_of, needed, groups, indicators, said_at)
on conflict do nothing

-- name: words_of
-- $1 person_ids.
select person_id, event_id, to_jsonb(word) as word from review_word as word where person_id = any($1::uuid[]) order by person_id, version

-- name: save_reviews
-- $1 review_ids, $2 person_ids, $3 opened_ons, $4 versions, $5 groups as '{A,B}' texts, $6 needed, $7 basis_changed, $8 oldest_known_ats.
insert into review (review_id, person_id, opened_on, version, groups, needed, basis_changed, oldest_known_at, ward, protected, barred)
select told.review_id, told.person_id, told.opened_on, told.version, told.groups::text[], told.needed, told.basis_changed,
    told.oldest_known_at, person.ward, coalesce(person.protected, false), coalesce(person.barred, '{}')
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[], $5::text[], $6::bool[], $7::bool[], $8::timestamptz[])
    as told (review_id, person_id, opened_on, version, groups, needed, basis_changed, oldest_known_at)
left join person using (person_id)
on conflict (person_id) where closed_at is null do update set
    opened_on = excluded.opened_on, version = excluded.version, groups = excluded.groups, needed = excluded.needed,
    basis_changed = excluded.basis_changed, oldest_known_at = excluded.oldest_known_at

-- name: save_dispositions
-- $1 event_ids, $2 person_ids, $3 dispositions. The review is the child's open one; without it the check refuses the row.
insert into disposition (event_id, person_id, disposition, review_id)
select told.event_id, told.person_id, told.disposition, review.review_id
from unnest($1::uuid[], $2::uuid[], $3::text[]) as told (event_id, person_id, disposition)
left join review on review.person_id = told.person_id and review.closed_at is null
on conflict (event_id) do update set disposition = excluded.disposition, review_id = excluded.review_id

-- What people do.

-- name: permission_facts
-- $1 person_id. What permission depends on; nothing personal. Who is turned away; read as the system, for the log only: why.
select ward, protected, barred, array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders
from review where person_id = $1 and closed_at is null

-- name: lock_review
-- $1 person_id. Whoever comes second waits here and then sees what the first one did: the facts of permission are those of the locked
-- row, and stay so until the commit.
select review.review_id, review.version, review.case_id, review.needed, person.household_id, review.ward, review.protected, review.barred,
    array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders
from review join person using (person_id) where review.person_id = $1 and review.closed_at is null
for update of review

-- name: case_state
-- $1 case_id.
select state, version from cases where case_id = $1

-- name: open_case
-- $1 case_id, $2 person_id, $3 household_id, $4 ward, $5 state, $6 version, $7 now, $8 staff id, $9 staff name, $10 due_on.
insert into cases (case_id, person_id, household_id, ward, state, version, opened_at, opened_by, opened_by_name, due_on)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: note_move
-- $1 case_id, $2 version, $3 move, $4 from, $5 to, $6 now, $7 staff id, $8 details as JSON.
insert into case_move (case_id, version, move, from_state, to_state, moved_at, moved_by, details)
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)

-- name: attach_case
-- $1 review_id, $2 case_id.
update review set case_id = $2 where review_id = $1

-- name: answered_request
-- $1 staff_id, $2 key.
select fingerprint, case_id, case_version from request_key where staff_id = $1 and key = $2

-- name: keep_answer
-- $1 staff_id, $2 key, $3 fingerprint, $4 case_id, $5 case_version.
insert into request_key (staff_id, key, fingerprint, case_id, case_version) values ($1, $2, $3, $4, $5)

-- name: forget_answers
-- Keys older than a day (`casework.md` §5).
delete from request_key where answered_at < now() - interval '24 hours'

-- name: note_access
-- $1 id, $2 now, $3 staff id, $4 staff name, $5 section in words, $6 action, $7 person_id, $8 permit, deny or done, $9 access or
-- decision, $10 how many others were shown beside.
insert into access_note (id, at, staff_id, staff_name, staff_place, action, person_id, decision, kind, others)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- What the screens show. Row-level security narrows every one of these.

-- name: listed_reviews
-- $1 ward, or null for all that may be seen. Order and grouping are a rule of the domain.
select review.person_id, review.version, cardinality(review.groups) as group_count, review.oldest_known_at, review.opened_on, review.needed,
    review.basis_changed, review.protected, person.birth_date, person.household_id, cases.state, cases.due_on, cases.version as case_version
from review
left join person on person.person_id = review.person_id
left join cases on cases.case_id = review.case_id
where review.closed_at is null and ($1::text is null or review.ward = $1)
order by review.person_id

-- name: listed_children
-- $1 person_ids. All that the list says of the children on one page, in one statement: no line is made of facts of two moments.
select review.person_id, review.version, cardinality(review.groups) as group_count, review.oldest_known_at, review.opened_on, review.needed,
    review.basis_changed, review.protected, person.birth_date, person.household_id, cases.state, cases.due_on,
    name.name, name.kana, person.sex, person.overdue_since, household.household_no, word.indicators
from review
join review_word as word on word.person_id = review.person_id and word.version = review.version
left join person on person.person_id = review.person_id
left join cases on cases.case_id = review.case_id
left join person_name as name on name.person_id = review.person_id
left join whereabouts on whereabouts.person_id = review.person_id
left join household on household.household_id = person.household_id and whereabouts.person_id is not null
where review.person_id = any($1::uuid[]) and review.closed_at is null
order by review.person_id

-- name: child
-- $1 person_id, $2 today, $3 how many looks. All that a child's page shows and all that permission depends on, in one statement: a
-- measure that is committed meanwhile hides everything or nothing of what is here.
select review.person_id, review.version, review.ward, review.barred, review.opened_on, review.needed, review.basis_changed,
    review.protected, array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders,
    person.birth_date, person.sex, person.household_id, person.stands, person.overdue_since, name.name, name.kana, household.household_no,
    whereabouts.lives_in, whereabouts.address_code,
    cases.case_id, cases.state, cases.version as case_version, cases.opened_at, cases.opened_by, cases.opened_by_name, cases.due_on,
    cases.ward as case_ward, move.details,
    (
        select jsonb_agg(to_jsonb(word) order by word.version) from review_word as word where word.person_id = review.person_id
    ) as words,
    (
        select jsonb_agg(to_jsonb(mate) order by mate.birth_date, mate.person_id) from household_mate as mate
        where mate.household_id = person.household_id and mate.person_id <> review.person_id
          and (mate.starts is null or mate.starts <= $2) and (mate.ends is null or mate.ends > $2)
    ) as mates,
    (
        -- Each person once, with the last look.
        select jsonb_agg(to_jsonb(look) order by look.at desc, look.id) from (
            select * from (
                select distinct on (staff_id) id, at, staff_name, staff_place, action from access_note
                where person_id = review.person_id and kind = 'access' and decision = 'permit' order by staff_id, at desc, id
            ) as last_looks order by at desc, id limit $3
        ) as look
    ) as looks
from review
join person on person.person_id = review.person_id
left join person_name as name on name.person_id = review.person_id
left join whereabouts on whereabouts.person_id = review.person_id
left join household on household.household_id = person.household_id and whereabouts.person_id is not null
left join cases on cases.case_id = review.case_id
left join case_move as move on move.case_id = cases.case_id and move.move = 'start_investigation'
where review.person_id = $1 and review.closed_at is null

-- name: household_mates
-- $1 household_id, $2 person_id left out, $3 today.
select to_jsonb(mate) as mate from household_mate as mate
where mate.household_id = $1 and mate.person_id <> $2
  and (mate.starts is null or mate.starts <= $3) and (mate.ends is null or mate.ends > $3)
order by mate.birth_date, mate.person_id

-- name: own_accesses
-- $1 staff_id, $2 limit.
select note.at, note.action, note.decision, note.person_id, note.others, name.name, person.protected
from access_note as note
left join person on person.person_id = note.person_id and note.decision <> 'deny'
left join person_name as name on name.person_id = person.person_id
where note.staff_id = $1 order by note.at desc, note.id limit $2

-- What inspection asks.

-- name: everything_that_counts
-- The state as lines of text that depend on the input alone, in a fixed order: no times, no versions, no drawn ids, and no day that
-- was counted from the day on which somebody pressed a button.
select line from (
    select 'person ' || jsonb_build_array(person_id, birth_date, sex, household_id, stands, ward, protected, barred)::text as line
    from person where version > 0
    union all
    select 'overdue ' || jsonb_build_array(person_id, overdue_since)::text from person where overdue_version > 0
    union all
    select 'name ' || jsonb_build_array(person_id, person_no, name, kana)::text from person_name
    union all
    select 'whereabouts ' || jsonb_build_array(person_id, lives_in, address_code)::text from whereabouts
    union all
    select 'household ' || jsonb_build_array(household_id, household_no)::text from household
    union all
    select 'member ' || jsonb_build_array(household_id, person_id, relationship, starts, ends)::text from household_member
    union all
    select 'measure ' || jsonb_build_array(measure_id, valid_from, valid_to, protected, opponents, voided)::text from measure
    union all
    select 'review ' || jsonb_build_array(person_id, groups, needed, ward, protected, barred)::text from review where closed_at is null
    union all
    select 'case ' || jsonb_build_array(person_id, ward, state)::text from cases
) as lines order by line collate "C"

-- name: reviews_by_ward
-- Protected children count together: where there are few of them, a number by ward tells where they live. Reviews whose reasons are
-- gone count apart: nobody is asked to take them up.
select case when review.protected then 'protected' else coalesce(review.ward, 'unknown') end as ward,
    case when cases.state is null and not review.needed then 'reasons_gone' else coalesce(cases.state, 'noticed') end as state,
    count(*) as reviews
from review left join cases on cases.case_id = review.case_id
where review.closed_at is null group by 1, 2 order by 1, 2

-- name: dispositions
select disposition, count(*) as n from disposition group by disposition order by disposition

-- name: review_of
-- $1 person_id.
select review.opened_on, review.version, review.groups, review.needed, review.basis_changed, review.ward, review.protected, word.indicators
from review join review_word as word on word.person_id = review.person_id and word.version = review.version
where review.person_id = $1 and review.closed_at is null

-- name: suppressed_of
-- $1 person_id.
select reason, until from disposition where person_id = $1 and disposition = 'suppressed' order by until desc limit 1

-- name: case_of
-- $1 person_id.
select case_id, ward, state, version, due_on, opened_by from cases where person_id = $1 order by opened_at desc, case_id limit 1

-- name: count_accesses
-- One entry for each look, and one for everybody whom it showed beside.
select coalesce(sum(1 + others), 0)::bigint from access_note where kind = 'access'

-- name: reviewed_among
-- $1 text[] person numbers. Those with an open review.
select person_no from review join person_name using (person_id) where closed_at is null and person_no = any($1::text[]) order by person_no

-- name: reviews_without_case
-- Open reviews that somebody is asked to take up and nobody has, and the ward that answers for each.
select person_id, ward from review where closed_at is null and case_id is null and needed and ward is not null order by opened_on, person_id

-- name: count_open_cases
select count(*) from cases where state <> 'closed'

-- name: standing_of
-- $1 person_id.
select household_id, protected from person where person_id = $1

-- name: numbers_of
-- $1 person_ids.
select person_no from person_name where person_id = any($1::uuid[]) order by person_no
