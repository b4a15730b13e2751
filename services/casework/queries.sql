-- Every transaction begins by saying who acts (row-level security).

-- name: act_as
-- $1 actor (system, staff, coordinator), $2 ward or '', $3 staff id or ''. Until the end of the transaction: a pooled connection
-- forgets it by itself.
select set_config('tsunagu.actor', $1, true), set_config('tsunagu.ward', $2, true), set_config('tsunagu.staff', $3, true)

-- name: act_for_center
-- $1 staff id, $2 now. As `act_as`, for somebody of the child guidance centre; the walls read the day, too.
select set_config('tsunagu.actor', 'guidance_center', true), set_config('tsunagu.ward', '', true), set_config('tsunagu.staff', $1, true),
    set_config('tsunagu.now', $2::timestamptz::text, true)

-- name: begin_hearing
-- Acts as the system, and lets one parcel at a time in: a measure, a move of its opponent and a review that arrive on three partitions
-- must not work out side by side who may see a child, each without the other two (S07). Held to the commit. The walls make these statements
-- dear to plan and change nothing for the system: each is planned once in a connection, and not six times until PostgreSQL keeps it.
select set_config('tsunagu.actor', 'system', true), set_config('tsunagu.ward', '', true), set_config('tsunagu.staff', '', true),
    set_config('plan_cache_mode', 'force_generic_plan', true),
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
    returning measure_id, protected, opponents, voided
), named as (
    select unnest(protected) as person_id, measure_id, false as opponent from saved where not voided
    union
    select unnest(opponents), measure_id, true from saved where not voided
), gone as (
    -- Only rows that are not among the new ones: what one statement deletes and inserts under one key would collide.
    delete from measured using saved
    where measured.measure_id = saved.measure_id
      and not exists (
          select from named
          where (named.person_id, named.measure_id, named.opponent) = (measured.person_id, measured.measure_id, measured.opponent)
      )
), kept as (
    insert into measured (person_id, measure_id, opponent) select person_id, measure_id, opponent from named on conflict do nothing
)
select distinct unnest(protected) as person_id from (select protected from before union all select protected from saved) as either

-- name: remember_persons
-- $1 person_ids: makes rows for persons of whom nothing else is known yet, so that protection is there before their names.
insert into person (person_id) select distinct unnest($1::uuid[]) on conflict do nothing

-- name: save_persons
-- $1 person_ids, $2 versions, $3 birth_dates, $4 sexes, $5 wards where they live, $6 household_ids, $7 whether they exist, $8 days on which they
-- left the city, or null.
-- Who is new gets the ward in which they live at once: for whoever has no measure and no case, which is nearly everybody, `refresh_access`
-- then finds nothing to change, and the row is written once. It follows in the same transaction.
with told as (
    select distinct on (person_id) *
    from unnest($1::uuid[], $2::int[], $3::date[], $4::text[], $5::text[], $6::uuid[], $7::bool[], $8::date[])
        as told (person_id, version, birth_date, sex, lives_in, household_id, stands, left_on)
    order by person_id, version desc
), saved as (
    insert into person (person_id, version, birth_date, sex, household_id, stands, ward)
    select person_id, version, birth_date, sex, household_id, stands, lives_in from told
    on conflict (person_id) do update set
        version = excluded.version, birth_date = excluded.birth_date, sex = excluded.sex, household_id = excluded.household_id,
        stands = excluded.stands
    where person.version < excluded.version
    returning person_id
)
insert into whereabouts (person_id, lives_in, left_on) select person_id, lives_in, left_on from told join saved using (person_id)
on conflict (person_id) do update set lives_in = excluded.lives_in, left_on = excluded.left_on

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

-- name: save_aliases
-- $1 uuid[] absorbed, $2 int[] versions, $3 uuid[] survivors, null for who is a person of their own again. An older version never overwrites a
-- newer one.
insert into person_alias (absorbed_id, version, survivor_id)
select distinct on (absorbed_id) absorbed_id, version, survivor_id
from unnest($1::uuid[], $2::int[], $3::uuid[]) as told (absorbed_id, version, survivor_id) order by absorbed_id, version desc
on conflict (absorbed_id) do update set version = excluded.version, survivor_id = excluded.survivor_id
where person_alias.version < excluded.version

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
select from review where person_id in (
    with concerned as (
        select unnest($1::uuid[]) as person_id
        union
        select theirs.person_id from measured as mine join measured as theirs using (measure_id)
        where mine.person_id = any($1::uuid[]) and mine.opponent and not theirs.opponent
    )
    select person_id from concerned
    union
    select absorbed_id from person_alias join concerned on survivor_id = person_id
) order by person_id for update

-- name: refresh_access
-- $1 person_ids of which something changed. Works out anew who may see them, and those whom they are an opponent of; with it goes to the
-- review what places a child in the list. A case stays with its ward, also when the child moves and after it was closed, unless an opponent
-- lives there: another ward gets it by hand-over alone, and reads it from the offer on. A new review is of the ward where the child lives.
-- Whom people took for somebody else has no entry of their own any more: their review stays where the survivor lives, behind the same wall.
with concerned as (
    select unnest($1::uuid[]) as person_id
    union
    select theirs.person_id from measured as mine join measured as theirs using (measure_id)
    where mine.person_id = any($1::uuid[]) and mine.opponent and not theirs.opponent
), touched as (
    select person_id from concerned
    union
    select absorbed_id from person_alias join concerned on survivor_id = person_id
), shadow as (
    select person.person_id, person.birth_date, person.household_id, measures.protected, measures.barred, measures.covered_with,
        case when owner.ward is not null and not (owner.ward = any (measures.barred)) then owner.ward
            else coalesce(whereabouts.lives_in, of_survivor.lives_in) end as ward,
        case when not measures.protected then owner.offered_to end as offered_to, center.center_until, coalesce(center.center_sensitive, false) as center_sensitive,
        case when not measures.protected then coalesce(whereabouts.left_on, of_survivor.left_on) end as left_on
    from touched
    join person using (person_id)
    left join whereabouts using (person_id)
    left join person_alias as alias on alias.absorbed_id = person.person_id
    left join whereabouts as of_survivor on of_survivor.person_id = alias.survivor_id
    left join lateral (
        select cases.ward, offer.to_ward as offered_to from cases left join handover as offer on offer.case_id = cases.case_id and offer.status = 'offered'
        where cases.person_id = person.person_id and cases.state <> 'closed'
        union all
        (
            select cases.ward, null from review join cases using (case_id)
            where review.person_id = person.person_id and review.closed_at is not null and cases.state = 'closed'
              and not exists (select from review as open where open.person_id = person.person_id and open.closed_at is null)
            order by review.closed_at desc limit 1
        )
        limit 1
    ) as owner on true
    -- Of whichever of the child's cases is shared longest: another one may have been opened since.
    left join lateral (
        select cases.center_until, cases.center_sensitive from cases
        where cases.person_id = person.person_id and cases.center_until is not null
        order by cases.center_until desc, cases.center_sensitive desc limit 1
    ) as center on true
    cross join lateral (
        select exists (select from measured as mine where mine.person_id in (person.person_id, alias.survivor_id) and not mine.opponent) as protected,
            array(
                select distinct theirs.lives_in from measured as mine join measured as foe using (measure_id)
                join whereabouts as theirs on theirs.person_id = foe.person_id
                where mine.person_id in (person.person_id, alias.survivor_id) and not mine.opponent and foe.opponent and theirs.lives_in is not null
                order by 1
            ) as barred,
            array(
                select distinct other.person_id from measured as mine join measured as other using (measure_id)
                where mine.person_id in (person.person_id, alias.survivor_id) and not mine.opponent and not other.opponent and other.person_id <> mine.person_id
                except
                select distinct foe.person_id from measured as mine join measured as foe using (measure_id)
                where mine.person_id in (person.person_id, alias.survivor_id) and not mine.opponent and foe.opponent
                order by 1
            ) as covered_with
    ) as measures
), persons as (
    update person set ward = shadow.ward, protected = shadow.protected, barred = shadow.barred, covered_with = shadow.covered_with,
        offered_to = shadow.offered_to, center_until = shadow.center_until, center_sensitive = shadow.center_sensitive
    from shadow where person.person_id = shadow.person_id
      and (person.ward, person.protected, person.barred, person.covered_with, person.offered_to, person.center_until, person.center_sensitive)
        is distinct from (shadow.ward, shadow.protected, shadow.barred, shadow.covered_with, shadow.offered_to, shadow.center_until, shadow.center_sensitive)
)
update review set ward = shadow.ward, protected = shadow.protected, barred = shadow.barred, birth_date = shadow.birth_date,
    household_id = shadow.household_id, offered_to = shadow.offered_to, left_on = shadow.left_on,
    -- With its case: of another review of the same child the centre is told by its ward, or not.
    center_until = shared.center_until, center_sensitive = coalesce(shared.center_sensitive, false)
from shadow join review as theirs on theirs.person_id = shadow.person_id left join cases as shared on shared.case_id = theirs.case_id
where review.review_id = theirs.review_id
  and (review.ward, review.protected, review.barred, review.birth_date, review.household_id, review.offered_to, review.left_on,
      review.center_until, review.center_sensitive)
    is distinct from (shadow.ward, shadow.protected, shadow.barred, shadow.birth_date, shadow.household_id, shadow.offered_to, shadow.left_on,
      shared.center_until, coalesce(shared.center_sensitive, false))

-- name: save_overdue
-- $1 person_ids, $2 versions, $3 days since when the evaluation is overdue, or null.
insert into person (person_id, overdue_version, overdue_since)
select distinct on (person_id) person_id, version, since from unnest($1::uuid[], $2::int[], $3::date[]) as told (person_id, version, since)
order by person_id, version desc
on conflict (person_id) do update set overdue_version = excluded.overdue_version, overdue_since = excluded.overdue_since
where person.overdue_version < excluded.overdue_version

-- name: save_feed_states
-- $1 sources, $2 standings, $3 days since when, $4 versions. An older version never overwrites a newer one.
insert into feed_state (source, standing, since, version)
select distinct on (source) source, standing, since, version
from unnest($1::text[], $2::text[], $3::date[], $4::int[]) as told (source, standing, since, version) order by source, version desc
on conflict (source) do update set (standing, since, version) = (excluded.standing, excluded.since, excluded.version)
where feed_state.version < excluded.version

-- name: save_feeds
-- $1 sources, $2 versions, $3 days up to which they have delivered, $4 date that means nowhere. A late word never overwrites a later one.
insert into feed (source, version, complete_through)
select distinct on (source) source, version, nullif(complete_through, $4::date)
from unnest($1::text[], $2::int[], $3::date[]) as told (source, version, complete_through)
order by source, version desc, complete_through desc
on conflict (source) do update set (version, complete_through) = (excluded.version, excluded.complete_through)
where feed.version < excluded.version or (feed.version = excluded.version and feed.complete_through < excluded.complete_through)

-- name: save_words
-- $1 person_ids, $2 versions, $3 event_ids, $4 kinds, $5 rulesets, $6 as_ofs, $7 needed, $8 groups as '{A,B}' texts,
-- $9 indicators as JSON texts, $10 when they were said, $11 the ruleset's cool-down in days.
insert into review_word (person_id, version, event_id, kind, ruleset, as_of, needed, groups, indicators, said_at, cool_down_days)
select person_id, version, event_id, kind, ruleset, as_of, needed, groups::text[], indicators::jsonb, said_at, cool_down_days
from unnest(
    $1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::bool[], $8::text[], $9::text[], $10::timestamptz[], $11::int[]
) as told (person_id, version, event_id, kind, ruleset, as_of, needed, groups, indicators, said_at, cool_down_days)
on conflict do nothing

-- name: words_of
-- $1 person_ids.
select person_id, event_id, to_jsonb(word) as word from review_word as word where person_id = any($1::uuid[]) order by person_id, version

-- name: save_reviews
-- $1 review_ids, $2 person_ids, $3 opened_ons, $4 versions, $5 groups as '{A,B}' texts, $6 needed, $7 basis_changed, $8 oldest_known_ats.
insert into review (
    review_id, person_id, opened_on, version, groups, needed, basis_changed, oldest_known_at, ward, protected, barred, birth_date, household_id
)
select told.review_id, told.person_id, told.opened_on, told.version, told.groups::text[], told.needed, told.basis_changed,
    told.oldest_known_at, person.ward, coalesce(person.protected, false), coalesce(person.barred, '{}'), person.birth_date, person.household_id
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[], $5::text[], $6::bool[], $7::bool[], $8::timestamptz[])
    as told (review_id, person_id, opened_on, version, groups, needed, basis_changed, oldest_known_at)
left join person using (person_id)
on conflict (person_id) where closed_at is null do update set
    opened_on = excluded.opened_on, version = excluded.version, groups = excluded.groups, needed = excluded.needed,
    basis_changed = excluded.basis_changed, oldest_known_at = excluded.oldest_known_at

-- name: closures_of
-- $1 person_ids. Their reviews that people closed.
select person_id, review_id, version, closed_on, outcome, groups from review
where person_id = any($1::uuid[]) and closed_at is not null order by person_id, version

-- name: save_dispositions
-- $1 event_ids, $2 person_ids, $3 dispositions, $4 reviews that ended, or null, $5 why it is quiet, $6 until when. An opened or attached
-- one without a review that ended is of the child's open one; without that the check refuses the row.
insert into disposition (event_id, person_id, disposition, review_id, reason, until)
select told.event_id, told.person_id, told.disposition,
    case when told.disposition in ('opened', 'attached') then coalesce(told.closed, review.review_id) end, told.reason, told.until
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::date[])
    as told (event_id, person_id, disposition, closed, reason, until)
left join review on review.person_id = told.person_id and review.closed_at is null
on conflict (event_id) do update set
    disposition = excluded.disposition, review_id = excluded.review_id, reason = excluded.reason, until = excluded.until

-- name: permission_facts
-- $1 person_id. What permission depends on; nothing personal. Who is turned away; read as the system, for the log only: why.
select ward, protected, barred, offered_to, coalesce(center_until >= center_day(), false) as at_center, center_sensitive, array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders
from review where person_id = $1 order by closed_at desc nulls first limit 1

-- name: note_access
-- $1 id, $2 now, $3 staff id, $4 staff name, $5 section in words, $6 action, $7 person_id, $8 permit, deny or done, $9 access or
-- decision, $10 how many others were shown beside.
insert into access_note (id, at, staff_id, staff_name, staff_place, action, person_id, decision, kind, others)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
