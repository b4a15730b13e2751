-- What was found and waits for people.

-- name: signs_known
-- $1 text[] kinds, $2 text[] abouts, $3 text[] signs.
select kind, about, sign from finding_sign join unnest($1::text[], $2::text[], $3::text[]) as asked (kind, about, sign) using (kind, about, sign)

-- name: newest_of
-- $1 text[] kinds, $2 text[] abouts. The newest finding of each kind about each thing, where it stands, and what it came to.
select distinct on (finding.kind, finding.about) finding.id, finding.kind, finding.about, finding.episode,
    coalesce((select state from finding_step where finding_id = finding.id order by step desc limit 1), 'open') as state,
    coalesce(grown.first_at, finding.first_at) as first_at, coalesce(grown.last_at, finding.last_at) as last_at,
    coalesce(grown.figures, finding.figures) as figures, coalesce(grown.number, 0) as growths
from unnest($1::text[], $2::text[]) as asked (kind, about)
join finding on finding.kind = asked.kind and finding.about = asked.about
left join lateral (select * from finding_growth where finding_id = finding.id order by number desc limit 1) as grown on true
order by finding.kind, finding.about, finding.episode desc

-- name: add_findings
-- One array per column; $12 timestamptz.
insert into finding (id, kind, about, episode, actor, actor_role, thing_kind, thing_id, first_at, last_at, figures, found_at)
select id, kind, about, episode, actor, actor_role, thing_kind, thing_id, first_at, last_at, figures::json, $12
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[]
) as found (id, kind, about, episode, actor, actor_role, thing_kind, thing_id, first_at, last_at, figures)

-- name: add_growths
-- One array per column; $6 timestamptz.
insert into finding_growth (finding_id, number, first_at, last_at, figures, at)
select finding_id, number, first_at, last_at, figures::json, $6
from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::text[]) as grown (finding_id, number, first_at, last_at, figures)

-- name: add_signs
-- One array per column.
insert into finding_sign (kind, about, sign, finding_id, idx)
select kind, about, sign, finding_id, idx
from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[]) as found (kind, about, sign, finding_id, idx)

-- name: listed
-- $1 text state, or `waiting` for all that is not closed, or null; $2 text kind or null; $3 uuid actor or null; $4 text thing id or null; $5 int limit.
-- Those that wait the longest first; what is closed, the newest first.
select finding.id, kind, about, episode, found_at, actor, actor_role, thing_kind, thing_id,
    coalesce(grown.first_at, finding.first_at) as first_at, coalesce(grown.last_at, finding.last_at) as last_at,
    coalesce(grown.figures, finding.figures) as figures, coalesce(last.state, 'open') as state, last.at as moved_at
from finding left join lateral (select state, at from finding_step where finding_id = finding.id order by step desc limit 1) as last on true
left join lateral (select * from finding_growth where finding_id = finding.id order by number desc limit 1) as grown on true
where ($1::text is null or coalesce(last.state, 'open') = $1 or ($1 = 'waiting' and coalesce(last.state, 'open') <> 'closed'))
  and ($2::text is null or kind = $2) and ($3::uuid is null or actor = $3) and ($4::text is null or thing_id = $4)
order by coalesce(last.state, 'open') = 'closed', case when last.state = 'closed' then last.at end desc, found_at, finding.id limit $5

-- name: counts
select coalesce((select state from finding_step where finding_id = finding.id order by step desc limit 1), 'open') as state, count(*) as findings
from finding group by 1

-- name: one
-- $1 uuid.
select finding.id, kind, about, episode, found_at, actor, actor_role, thing_kind, thing_id, coalesce(grown.first_at, finding.first_at) as first_at,
    coalesce(grown.last_at, finding.last_at) as last_at, coalesce(grown.figures, finding.figures) as figures
from finding left join lateral (select * from finding_growth where finding_id = finding.id order by number desc limit 1) as grown on true
where finding.id = $1

-- name: steps_of
-- $1 uuid.
select step, state, at, staff_id, role, reason_code, sealed, digest from finding_step where finding_id = $1 order by step

-- name: signs_of
-- $1 uuid, $2 int limit. Entries in order; others after them.
select sign, idx from finding_sign where finding_id = $1 order by idx, sign limit $2

-- name: count_signs
-- $1 uuid.
select count(*) from finding_sign where finding_id = $1

-- name: add_step
-- $1 uuid finding, $2 int step, $3 text state, $4 timestamptz, $5 uuid staff, $6 text role, $7 text reason, $8 bytea sealed, $9 text digest.
insert into finding_step (finding_id, step, state, at, staff_id, role, reason_code, sealed, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: key_of
-- $1 text subject.
select key from finding_key where subject = $1

-- name: keep_key
-- $1 text subject, $2 bytea.
insert into finding_key (subject, key) values ($1, $2) on conflict do nothing

-- name: destroy_key
-- $1 text subject.
delete from finding_key where subject = $1 returning subject

-- name: quarantined_after
-- $1 bigint number after which, $2 int limit.
select number, event_id, encode(said, 'hex') as said, producer, reason, at from quarantine where number > $1 order by number limit $2

-- name: collected
-- $1 text what.
select upto from collected where what = $1

-- name: keep_collected
-- $1 text what, $2 bigint.
insert into collected (what, upto) values ($1, $2) on conflict (what) do update set upto = excluded.upto

-- name: entries_by_finding
select kind, finding_id, array_agg(idx) as entries from finding_sign where idx is not null group by kind, finding_id
