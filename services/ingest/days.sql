-- What came on which day, from the tallies: the ledger is never counted for a look.

-- name: fold_days
-- $1 date: of the days before it, what several connections counted is put together.
with gone as (delete from day_tally where day < $1 and lane <> 0 returning source, day, outcome, events, repeats, last_at)
insert into day_tally (source, day, outcome, events, repeats, last_at)
select source, day, outcome, sum(events), sum(repeats), max(last_at) from gone group by source, day, outcome order by source, day, outcome
on conflict (source, day, outcome, lane) do update set
    events = day_tally.events + excluded.events,
    repeats = day_tally.repeats + excluded.repeats,
    last_at = greatest(day_tally.last_at, excluded.last_at)

-- name: trend
-- $1 text source, $2 date first, $3 date last, $4 date that stands for none. Every day, also those on which nothing came, with how far the
-- source was by then.
select each.day::date as day, tally.events, tally.refused, tally.parked, nullif(mark.complete_through, $4::date) as complete_through
from generate_series($2::date, $3::date, interval '1 day') as each (day)
cross join lateral (
    select coalesce(sum(events), 0)::bigint as events, coalesce(sum(events) filter (where outcome = 'refused'), 0)::bigint as refused,
        coalesce(sum(events) filter (where outcome = 'parked'), 0)::bigint as parked
    from day_tally where source = $1 and day_tally.day = each.day::date
) as tally
left join lateral (
    select complete_through from watermark_day where source = $1 and watermark_day.day <= each.day::date order by watermark_day.day desc limit 1
) as mark on true
order by each.day

-- name: volumes
-- $1 text[] sources, $2 date first, $3 date last. What came on these days, and all that is refused or parked of whatever day.
select source,
    coalesce(sum(events) filter (where day between $2 and $3), 0)::bigint as events,
    coalesce(sum(events) filter (where day between $2 and $3 and outcome in ('refused', 'parked')), 0)::bigint as failed,
    coalesce(sum(events) filter (where outcome = 'refused'), 0)::bigint as refused,
    coalesce(sum(events) filter (where outcome = 'parked'), 0)::bigint as parked
from day_tally where source = any($1::text[]) group by source order by source

-- name: untaken
-- $1 text[] sources, $2 date first, $3 date last, or null. What came first on these days and is refused or parked, by source.
select source, outcome, sum(events)::bigint as events
from day_tally
where source = any($1::text[]) and outcome in ('refused', 'parked')
    and day >= coalesce($2::date, '-infinity') and day <= coalesce($3::date, 'infinity')
group by source, outcome having sum(events) > 0 order by source, outcome
