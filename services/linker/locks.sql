-- What is locked before anything is decided.

-- name: lock_all
-- $1 bigint: the linker as a whole, for the only partition there is.
select pg_advisory_xact_lock($1::bigint)

-- name: lock
-- $1 bigint: the linker as a whole, shared, so that nobody works as the only partition beside this one; $2 bigint[]: what this
-- transaction is going to change, in ascending order: two transactions that lock in one order never wait for each other in a ring.
select pg_advisory_xact_lock_shared($1::bigint) union all select pg_advisory_xact_lock(key) from unnest($2::bigint[]) as key

-- name: enter
-- $1 bigint: the linker as a whole; $2 whether this is the only partition. If not, it is shared: beside other partitions, but not beside a
-- person's decision. Returns which state of all that was judged holds from now on.
select linker.enter($1::bigint, $2::bool)
