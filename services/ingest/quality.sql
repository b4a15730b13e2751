-- The data-quality report: places and counts, never a value. $1 is everywhere text[] the sources that are asked about.

-- name: doubts
-- Characters in doubt, and birth dates that are known in part.
select source, event_type, doubt ->> 0 as path, doubt ->> 1 as code, count(*) as records
from record
cross join jsonb_array_elements(doubts) as doubt
where doubts is not null and source = any($1::text[])
group by source, event_type, doubt
order by source, event_type, path, code

-- name: records_in_doubt
-- $2 int limit, in the order of the records, so that two looks agree.
select source, event_type, record_id, revision, doubt ->> 0 as path, doubt ->> 1 as code
from record
cross join jsonb_array_elements(doubts) as doubt
where doubts is not null and source = any($1::text[])
order by source, event_type, record_id, path, code
limit $2

-- name: dates_refused
-- $2 text[] codes. Events that stand refused, each place that is wrong by itself.
select source, event_type, wrong ->> 0 as path, wrong ->> 1 as code, count(*) as records
from refusal
cross join jsonb_array_elements(coalesce(faults, jsonb_build_array(jsonb_build_array(path, code)))) as wrong
where source = any($1::text[]) and event_type is not null and wrong ->> 1 = any($2::text[])
group by source, event_type, wrong
order by source, event_type, path, code

-- name: records_refused
-- $2 text[] codes, $3 int limit. Newest first.
select source, event_type, record_id, wrong ->> 0 as path, wrong ->> 1 as code
from refusal
cross join jsonb_array_elements(coalesce(faults, jsonb_build_array(jsonb_build_array(path, code)))) as wrong
where source = any($1::text[]) and event_type is not null and record_id is not null and wrong ->> 1 = any($2::text[])
order by received_at desc, source, event_key, path
limit $3

-- name: numbers_said_twice
-- Numbers of persons of which records say two births, or two names.
select source, count(*) filter (where births > 1) as births, count(*) filter (where names > 1) as names
from (
    select source, person_no, count(distinct birth_mark) as births, count(distinct name_mark) as names
    from record
    where birth_mark is not null and source = any($1::text[])
    group by source, person_no
    having count(*) > 1
) as said
group by source
order by source

-- name: records_of_numbers
-- $2 int limit. The records that say them, those of one number side by side.
with said as (
    select source, person_no, count(distinct birth_mark) as births, count(distinct name_mark) as names
    from record
    where birth_mark is not null and source = any($1::text[])
    group by source, person_no
    having count(distinct birth_mark) > 1 or count(distinct name_mark) > 1
    order by source, person_no
    limit $2
)
select source, event_type, record_id, births > 1 as two_births, names > 1 as two_names
from said
join record using (source, person_no)
where birth_mark is not null
order by source, person_no, event_type, record_id
limit $2

-- name: orphans
-- Records that do not reach a person, by why.
select source, event_type, reason, count(*) as records
from held_up
where state is not null and source = any($1::text[])
group by source, event_type, reason
order by source, event_type, reason

-- name: records_held_up
-- $2 int limit.
select source, event_type, record_id, reason
from held_up
where state is not null and source = any($1::text[])
order by source, event_type, reason, record_id
limit $2
