-- How feeds stand.

-- name: last_heard
-- When the last event of each source came first, of those that came at all.
select source, max(last_at) as last_at from day_tally where events > 0 group by source order by source

-- name: take_turn
-- Whether this process may look how feeds stand: two at once would say a change twice. Held to the commit.
select pg_try_advisory_xact_lock(hashtext('ingest.standing'))

-- name: known_states
-- How feeds stood when it was last announced.
select source, state, since, version from feed_state order by source

-- name: save_states
-- $1 text[] sources, $2 text[] states, $3 date since when, $4 int[] versions.
insert into feed_state (source, state, since, version)
select source, state, $3::date, version from unnest($1::text[], $2::text[], $4::int[]) as changed (source, state, version) order by source
on conflict (source) do update set (state, since, version) = (excluded.state, excluded.since, excluded.version)
