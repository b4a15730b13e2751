-- The statements of nightly extracts. One process reads at a time, so that the two unlogged tables are its own.

-- name: take_reading
-- Whether this session is the one that reads extracts; held until it ends, or gives it back.
select pg_try_advisory_lock(hashtext('ingest.extract'))

-- name: give_back_reading
select pg_advisory_unlock(hashtext('ingest.extract'))

-- name: clear
-- Empties the staging table and the plan.
select clear_extract()

-- name: look_at
-- Tells the planner how full the staging table is.
select look_at_extract()

-- name: note
-- $1 uuid extract, $2 text source, $3 text event type, $4 text file name, $5 bytea sha256, $6 date made on, $7 date complete through,
-- $8 text state, $9 text code, $10 bigint row, $11 bigint byte, $12 text column, $13 timestamptz now, $14 boolean it came again.
insert into extract (extract_id, source, event_type, file_name, sha256, made_on, complete_through, state, code, row_number, octet,
    column_name, first_at, last_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
on conflict (extract_id) do update set
    file_name = excluded.file_name,
    made_on = excluded.made_on,
    complete_through = excluded.complete_through,
    state = excluded.state,
    code = excluded.code,
    row_number = excluded.row_number,
    octet = excluded.octet,
    column_name = excluded.column_name,
    last_at = excluded.last_at,
    times = extract.times + $14::int

-- name: count_told
-- $1 uuid extract, $2 bigint created, $3 changed, $4 voided: as they are told, so that what a crash breaks off is counted too.
update extract set created = created + $2, changed = changed + $3, voided = voided + $4 where extract_id = $1

-- name: end_taking
-- $1 uuid extract, $2 timestamptz now, $3 bigint rows, $4 same as before, $5 refused, $6 parked, $7 waived.
update extract set state = 'taken', last_at = $2, rows = $3, same = $4, refused = $5, parked = $6, waived = $7 where extract_id = $1

-- name: waived
-- $1 text source, $2 text event type. Records whose rows are refused, and left as they are.
select record_id, row_hash from extract_unmended where source = $1 and event_type = $2 and waived_at is not null

-- name: forget_unmended
-- $1 text source, $2 text event type, $3 text[] records, $4 bytea[] hashes: what is refused now. Returns what is so no longer.
delete from extract_unmended u
where u.source = $1 and u.event_type = $2 and not exists (
    select from unnest($3::text[], $4::bytea[]) as still (record_id, row_hash)
    where still.record_id = u.record_id and still.row_hash = u.row_hash
)
returning u.record_id, u.row_hash, u.holding

-- name: keep_unmended
-- $1 text source, $2 text event type, $3 text[] records, $4 bytea[] hashes, $5 bigint[] rows, $6 uuid extract.
insert into extract_unmended (source, event_type, record_id, row_hash, row_number, extract_id)
select $1, $2, record_id, row_hash, row_number, $6
from unnest($3::text[], $4::bytea[], $5::bigint[]) as found (record_id, row_hash, row_number)
on conflict (source, event_type, record_id) do update set row_number = excluded.row_number, extract_id = excluded.extract_id

-- name: turn_unmended
-- $1 text source, $2 text event type. Returns of what the linker must be told, and whether it is held from now on.
update extract_unmended set holding = waived_at is not null
where source = $1 and event_type = $2 and holding <> (waived_at is not null)
returning record_id, row_hash, holding

-- name: waive
-- $1 text source, $2 text event type, $3 bigint[] rows (none: all), $4 timestamptz now. Returns how many were not waived before.
with turned as (
    update extract_unmended set waived_at = $4
    where source = $1 and event_type = $2 and waived_at is null and ($3::bigint[] = '{}' or row_number = any ($3::bigint[]))
    returning record_id
)
select count(*) from turned

-- name: end_waiving
-- $1 text source, $2 text event type, $3 bigint[] rows (none: all). Returns how many were waived.
with turned as (
    update extract_unmended set waived_at = null
    where source = $1 and event_type = $2 and waived_at is not null and ($3::bigint[] = '{}' or row_number = any ($3::bigint[]))
    returning record_id
)
select count(*) from turned

-- name: forget_waiting
-- $1 text source, $2 text file name: what was said of a file that was not read yet.
delete from extract where source = $1 and file_name = $2 and state = 'waiting'

-- name: forget_faults
-- $1 uuid extract.
delete from extract_fault where extract_id = $1

-- name: keep_faults
-- $1 uuid extract, $2 bigint[] rows, $3 text[] columns, $4 text[] codes.
insert into extract_fault (extract_id, row_number, column_name, code)
select $1, row_number, column_name, code
from unnest($2::bigint[], $3::text[], $4::text[]) as found (row_number, column_name, code)
on conflict do nothing

-- name: newest_taken
-- $1 text source, $2 text event type. The day of the newest extract that was taken.
select max(made_on) from extract where source = $1 and event_type = $2 and state = 'taken'

-- name: complete_through
-- $1 text source, $2 text[] event types. Up to which day every one of them came without a row refused; null where one never did.
select case when count(through) = count(*) then min(through) end
from unnest($2::text[]) as wanted (event_type)
left join (
    select event_type, max(complete_through) as through
    from extract where source = $1 and state = 'taken' and refused = 0 group by event_type
) as whole using (event_type)

-- name: staged_twice
-- Rows of records that stand in the file more than once.
select row_number
from (select row_number, count(*) over (partition by record_id) as n from extract_staged) as counted
where n > 1
order by row_number

-- name: plan_rows
-- $1 text source, $2 text event type, $3 bigint[] rows that are left out. What is new or says something else than the last time.
insert into extract_plan (kind, record_id, revision, row_hash, row_number, octet, held_hash, hashed_composed)
select case when r.operation = 'upsert' then 'changed' else 'created' end, s.record_id, coalesce(r.revision, 0) + 1, s.row_hash, s.row_number,
    s.octet, case when r.operation = 'upsert' then r.content_hash end, coalesce(r.hashed_composed, false)
from extract_staged s
left join extract_row k on k.source = $1 and k.event_type = $2 and k.record_id = s.record_id
left join record r on r.source = $1 and r.event_type = $2 and r.record_id = s.record_id
where not s.deleted and k.row_hash is distinct from s.row_hash and s.row_number <> all ($3::bigint[])
order by s.row_number

-- name: plan_deleted
-- $1 text source, $2 text event type, $3 bigint[] rows that are left out. What the file says was taken back, and is not yet.
insert into extract_plan (kind, record_id, revision, row_number, hashed_composed)
select 'voided', s.record_id, r.revision + 1, s.row_number, false
from extract_staged s
join record r on r.source = $1 and r.event_type = $2 and r.record_id = s.record_id
where s.deleted and r.operation = 'upsert' and s.row_number <> all ($3::bigint[])
order by s.row_number

-- name: plan_vanished
-- $1 text source, $2 text event type. What was in the last one, and is in the file no more.
insert into extract_plan (kind, record_id, revision, hashed_composed)
select 'voided', k.record_id, r.revision + 1, false
from extract_row k
join record r using (source, event_type, record_id)
left join extract_staged s on s.record_id = k.record_id
where k.source = $1 and k.event_type = $2 and r.operation = 'upsert' and s.record_id is null
order by k.record_id

-- name: planned
-- How much is to be told, by kind.
select kind, count(*) as n from extract_plan group by kind order by kind

-- name: count_known
-- $1 text source, $2 text event type. Records of the last extract.
select count(*) from extract_row where source = $1 and event_type = $2

-- name: next_of_plan
-- $1 bigint place, $2 int limit. What is to be told behind that place.
select place, kind, record_id, revision, row_hash, row_number, octet, held_hash, hashed_composed
from extract_plan where place > $1 order by place limit $2

-- name: settle
-- $1 text source, $2 text event type, $3 text[] records, $4 bytea[] hashes: this is what they said last.
insert into extract_row (source, event_type, record_id, row_hash)
select $1, $2, record_id, row_hash from unnest($3::text[], $4::bytea[]) as told (record_id, row_hash) order by record_id
on conflict (source, event_type, record_id) do update set row_hash = excluded.row_hash

-- name: settle_gone
-- $1 text source, $2 text event type, $3 text[] records: taken back.
delete from extract_row where source = $1 and event_type = $2 and record_id = any ($3::text[])

-- name: extracts
-- $1 text source or null, $2 int limit. Newest first.
select extract_id, source, event_type, file_name, sha256, made_on, complete_through, state, code, row_number, octet, column_name, rows,
    created, changed, voided, same, refused, waived, parked, first_at, last_at, times
from extract
where $1::text is null or source = $1
order by last_at desc, extract_id
limit $2

-- name: faults_by_column
-- $1 uuid extract.
select column_name, code, count(*) as rows, min(row_number) as first_row
from extract_fault where extract_id = $1 group by column_name, code order by rows desc, column_name, code

-- name: faults
-- $1 uuid extract, $2 int limit. In the order of the file.
select row_number, column_name, code from extract_fault where extract_id = $1 order by row_number, column_name, code limit $2
