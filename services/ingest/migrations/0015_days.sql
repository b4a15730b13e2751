-- How many events of each source came first on which day (of Japan), what they have come to by now, and how often they came again: for
-- pages that show days, and for whoever asks for totals. It counts itself, as the tally before it did, and that one is its sum.
--
-- `lane` is the connection that counted: processes that admit side by side write no row in common, and nobody waits for another's commit.
-- Lanes of days gone by are put together (`fold_days`). `last_at` is when the last of them came first.
create table day_tally (
    source text not null,
    day date not null,
    outcome text not null,
    lane integer not null default 0,
    events bigint not null,
    repeats bigint not null,
    last_at timestamptz not null,
    primary key (source, day, outcome, lane)
) with (fillfactor = 50);

insert into day_tally (source, day, outcome, events, repeats, last_at)
select source, (received_at at time zone 'Asia/Tokyo')::date, outcome, count(*), sum(repeats), max(received_at) from event_log group by 1, 2, 3;

create or replace function count_entered() returns trigger language plpgsql set search_path from current as $$
begin
    insert into day_tally as tally (source, day, outcome, lane, events, repeats, last_at)
    select source, (received_at at time zone 'Asia/Tokyo')::date as day, outcome, pg_backend_pid(), count(*), sum(repeats), max(received_at)
    from entered group by source, day, outcome order by source, day, outcome
    on conflict (source, day, outcome, lane) do update set
        events = tally.events + excluded.events,
        repeats = tally.repeats + excluded.repeats,
        last_at = greatest(tally.last_at, excluded.last_at);
    return null;
end
$$;

create or replace function count_changed() returns trigger language plpgsql set search_path from current as $$
begin
    insert into day_tally as tally (source, day, outcome, lane, events, repeats, last_at)
    select source, (received_at at time zone 'Asia/Tokyo')::date as day, outcome, pg_backend_pid(), sum(n), sum(repeats), max(received_at)
    from (
        select source, received_at, outcome, 1 as n, repeats from is_now
        union all
        select source, received_at, outcome, -1, -repeats from was
    ) as change
    group by source, day, outcome having sum(n) <> 0 or sum(repeats) <> 0 order by source, day, outcome
    on conflict (source, day, outcome, lane) do update set
        events = tally.events + excluded.events, repeats = tally.repeats + excluded.repeats;
    return null;
end
$$;

drop table outcome_tally;

create view outcome_tally as
select source, outcome, sum(events)::bigint as events, sum(repeats)::bigint as repeats from day_tally group by source, outcome;

-- Up to which day a source was complete, by the day on which it said so.
create table watermark_day (
    source text not null,
    day date not null,
    complete_through date not null,
    primary key (source, day)
);

-- What people work off: refused or parked, a source's newest first.
create index event_log_quarantined on event_log (source, received_at desc, event_key desc) where outcome in ('refused', 'parked');
drop index event_log_refused;
