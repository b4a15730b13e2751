-- name: hear
-- $1 uuid[]: ids of the events of a batch. Returns those never heard before.
insert into inbox (run)
select distinct id from unnest($1::uuid[]) as id
on conflict do nothing
returning run
