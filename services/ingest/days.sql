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
