-- Receipts of requests by HTTP.

-- name: give
-- $1 uuid receipt, $2 int place of the first event, $3 text source, $4 timestamptz, $5 uuid[] event keys, $6 text[] ids, $7 text[] outcomes.
-- Given once: of what is tried again after a commit whose answer was lost, the first word stands.
insert into receipt (receipt, first, source, made_at, keys, ids, told) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing

-- name: find
-- $1 uuid receipt, $2 text source whose it is.
select made_at, first, keys, ids, told from receipt where receipt = $1 and source = $2 order by first

-- name: forget
-- $1 timestamptz: those given before.
delete from receipt where made_at < $1

-- name: forget_beyond
-- $1 int: but so many of the newest rows of each source.
delete from receipt
using (
    select held.source, (select made_at from receipt r where r.source = held.source order by made_at desc offset $1 limit 1) as last
    from (select distinct source from receipt) as held
) as beyond
where receipt.source = beyond.source and receipt.made_at <= beyond.last
