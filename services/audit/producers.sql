-- What producers told besides entries: their keys and last numbers, and what is set aside.

-- name: quarantine
-- One array per column; $8 timestamptz. Returns those that were not there yet.
insert into quarantine (event_id, producer, lane, sequence, reason, leaf, said, at)
select event_id, producer, lane, sequence, reason, leaf, said, $8
from unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[])
    as aside (event_id, producer, lane, sequence, reason, leaf, said)
on conflict do nothing
returning leaf

-- name: quarantined
select event_id, producer, lane, sequence, reason, leaf from quarantine order by at, event_id, leaf

-- name: unattested_after
-- $1 uuid, $2 bytea: the place after which to go on, in the order of the primary key; $3 int at most so many.
select event_id, said, leaf from quarantine
where reason <> 'equivocation' and (event_id, said) > ($1, $2) order by event_id, said limit $3

-- name: numbers_used
-- The ranges of numbers that entries have. Asked once, when the service starts: of years of entries, within the time that a statement has. So a lane
-- of which nothing is missing is only counted; the others are gone through number by number.
with lanes as materialized (select producer, lane, count(*) as n, max(sequence) as last from number group by producer, lane)
select producer, lane, 1::bigint as first, last from lanes where n = last
union all
select producer, lane, min(sequence) as first, max(sequence) as last
from (
    select producer, lane, sequence, sequence - row_number() over (partition by producer, lane order by sequence) as island
    from number join lanes using (producer, lane) where n <> last
) as numbered
group by producer, lane, island
order by producer, lane, first

-- name: numbers_between
-- $1, $2 bigint: from, to (exclusive).
select producer, lane, sequence from entry where idx >= $1 and idx < $2

-- name: keep_rolls
-- $1 text[] producers, $2 timestamptz[], $3 bytea[] leaves, $4 bytea[] the events' ids as they stand there. What is said again is not heard anew.
insert into roll (producer, heard, leaf)
select producer, heard, leaf
from unnest($1::text[], $2::timestamptz[], $3::bytea[], $4::bytea[]) as told (producer, heard, leaf, event)
where not exists (select from roll where roll.producer = told.producer and position(told.event in roll.leaf) > 0)

-- name: forget_rolls
-- $1 timestamptz. Of a producer that is silent the last one stays: it is what its last entries are held to.
delete from roll where heard < $1 and exists (select from roll as newer where newer.producer = roll.producer and newer.id > roll.id)

-- name: rolls
select producer, heard, leaf from roll order by id

-- name: quarantine_size
-- Without what came in after all: an entry has the same words and the same signature, and only the log's time of receipt is another. Leaves are
-- compared as escaped bytes, because what somebody put there past the triggers need not be a text.
select count(*) from quarantine
where not exists (
    select from number join entry on entry.idx = number.idx
    where number.producer = quarantine.producer and number.lane = quarantine.lane and number.sequence = quarantine.sequence
      and regexp_replace(encode(entry.leaf, 'escape'), '"received":"[^"]*",', '')
        = regexp_replace(encode(quarantine.leaf, 'escape'), '"received":"[^"]*",', '')
)
