-- What rules against misuse are given: entries of people, narrowed in the database. $1, $2 timestamptz: from, to (exclusive).

-- name: unrelated
-- $3 interval: so long after a look a relation may still be made.
select idx as index, ts as at, actor, role, action, thing_kind, thing_id, actor_ward, thing_ward, relation, reason_code,
    correlation is not null as is_beside,
    (
        select min(later.ts) from entry as later
        where later.thing_id = entry.thing_id and later.actor = entry.actor and later.relation <> 'none'
          and later.ts > entry.ts and later.ts <= entry.ts + $3::interval
    ) as related_at
from entry
where relation = 'none' and decision = 'permit' and thing_kind in ('child', 'adult') and actor is not null and ts >= $1 and ts < $2
order by ts, idx

-- name: browsing
-- How each day of each person was. What stands beside another in an answer was not looked for (by an index of its own: 0010).
select actor, min(role) as role, (ts at time zone 'Asia/Tokyo')::date as day,
    count(distinct thing_id) filter (where thing_kind in ('child', 'adult', 'register_entry', 'link_question')) as children,
    (array_agg(idx order by idx) filter (where thing_kind in ('child', 'adult', 'register_entry', 'link_question')))[1:200] as seen,
    coalesce(max(count), 0) as rows, (array_agg(idx order by count desc nulls last, idx))[1] as longest,
    min(ts) as began_at, max(ts) as ended_at
from entry
where role not like 'service:%' and decision = 'permit' and correlation is null and actor is not null and ts >= $1 and ts < $2
group by actor, day order by day, actor

-- name: odd_hours
-- $3 date[] days off, $4 int hour at which work begins, $5 int hour at which it ends, $6 uuid[] and $7 date[] who is on duty on which
-- day: from midnight on, and in the night that follows it.
select idx as index, ts as at, actor, role, action, thing_kind, thing_id
from entry
where role not like 'service:%' and decision = 'permit' and thing_kind in ('child', 'adult') and actor is not null and ts >= $1 and ts < $2
  and (
      (ts at time zone 'Asia/Tokyo')::date = any($3::date[])
      or extract(hour from ts at time zone 'Asia/Tokyo') < $4::int or extract(hour from ts at time zone 'Asia/Tokyo') >= $5::int
  )
  and not exists (
      select from unnest($6::uuid[], $7::date[]) as duty (staff, day)
      where duty.staff = entry.actor and duty.day in (
          (ts at time zone 'Asia/Tokyo')::date, (ts at time zone 'Asia/Tokyo' - make_interval(hours => $4::int))::date
      )
  )
order by ts, idx

-- name: marked
-- $3 text: a pattern of reasons that make a look worth a look. The names of fields stand in the leaf alone.
select idx as index, ts as at, actor, role, action, thing_kind, thing_id, actor_ward, thing_ward, relation, reason_code,
    position(convert_to('"address_code"', 'UTF8') in leaf) > 0 as shows_address
from entry
where role not like 'service:%' and decision = 'permit' and thing_kind in ('child', 'adult') and actor is not null and ts >= $1 and ts < $2
  and reason_code ~ $3
order by ts, idx

-- name: denied_then
-- $3 interval: so soon after the refusal.
select seen.idx as index, seen.ts as at, denied.actor, denied.role, seen.action, denied.thing_kind, denied.thing_id, seen.reason_code,
    denied.idx as refused
from entry as denied
join lateral (
    select idx, ts, action, reason_code from entry
    where thing_id = denied.thing_id and actor = denied.actor and decision = 'permit' and ts > denied.ts and ts <= denied.ts + $3::interval::interval
    order by ts, idx limit 1
) as seen on true
where denied.decision = 'deny' and denied.type = 'AccessRecorded' and denied.thing_kind in ('child', 'adult') and denied.actor is not null
  and denied.ts >= $1::timestamptz - $3::interval and denied.ts < $2
order by seen.ts, seen.idx, denied.idx

-- name: returns
-- $3 interval: who did nothing for longer.
select index, at, actor, role, action, thing_kind, thing_id, idle_since
from (
    select idx as index, ts as at, actor, role, action, thing_kind, thing_id,
        coalesce(
            lag(ts) over (partition by actor order by ts, idx),
            (select max(before.ts) from entry as before where before.actor = entry.actor and before.ts < $1)
        ) as idle_since
    from entry where role not like 'service:%' and actor is not null and decision <> 'deny' and ts >= $1 and ts < $2
) as deed
where at - idle_since > $3::interval order by at, index

-- name: taken_away
-- $3 text[] actions.
select idx as index, ts as at, actor, role, action, thing_kind, thing_id, thing_ward, relation, reason_code
from entry
where action = any($3::text[]) and decision <> 'deny' and actor is not null and ts >= $1 and ts < $2
order by ts, idx

-- name: oldest_news
-- $1, $2 bigint: entries from, to (exclusive). When the earliest thing that people did of them was.
select min(ts) from entry where idx >= $1 and idx < $2 and role not like 'service:%'

-- name: progress
select rule, size, at from misuse_progress

-- name: keep_progress
-- $1 text rule, $2 bigint size of the log that was looked at, $3 timestamptz.
insert into misuse_progress (rule, size, at) values ($1, $2, $3)
on conflict (rule) do update set size = excluded.size, at = excluded.at
