-- Parts of the log that leave it under its signature.

-- name: ask
insert into signed_extract (
    id, kind, of_kind, of_id, since, until, reason_code, withheld, why_withheld, size, entries, asked_by, asked_role, asked_at
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: decide
-- Of two who decide at once, one does. Returns whether this one did.
insert into signed_extract_decision (extract_id, approved, staff_id, role, at) values ($1, $2, $3, $4, $5)
on conflict (extract_id) do nothing returning true

-- name: newest
-- $1 int limit.
select signed_extract.*, approved, staff_id, role, at from signed_extract left join signed_extract_decision on extract_id = id
order by asked_at desc, id limit $1

-- name: one
-- $1 uuid.
select signed_extract.*, approved, staff_id, role, at from signed_extract left join signed_extract_decision on extract_id = id where id = $1

-- name: entries_of_thing
-- $1 text id, $2, $3 timestamptz from, to (or null), $4 bigint size of the log as it was, $5 int limit. Oldest first.
select idx, leaf, hash from entry
where thing_id = $1 and ($2::timestamptz is null or ts >= $2) and ($3::timestamptz is null or ts < $3) and idx < $4 order by ts, idx limit $5

-- name: entries_of_actor
-- The same of a member of staff: $1 text id.
select idx, leaf, hash from entry
where actor = $1::text::uuid and ($2::timestamptz is null or ts >= $2) and ($3::timestamptz is null or ts < $3) and idx < $4
order by ts, idx limit $5
