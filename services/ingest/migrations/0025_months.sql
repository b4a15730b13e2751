-- The ledger lies in parts, a month (of Japan) each, by when an event came first: what is old goes by dropping a part (decision 22). Each part
-- has a key of its own; that an event is in one of them only is known because whoever enters it looked in all of them, and at the turn of a
-- month admits alone.
--
-- What there was before becomes a part of its own: its month is a constant, for which no row is written. It is read once, for the bound.
alter table event_log rename to event_log_before;
alter table event_log_before rename constraint event_log_pkey to event_log_before_pkey;
alter index event_log_received rename to event_log_before_received;
alter index event_log_quarantined rename to event_log_before_quarantined;
drop trigger count_entered on event_log_before;
drop trigger count_changed on event_log_before;
drop view refusal;
alter table event_log_before add column month date not null default date '0001-01-01';
alter table event_log_before alter column month drop default;

create table event_log (like event_log_before including defaults including constraints) partition by list (month);

-- Which parts there are, and which there were. `last_day` is the last on which an event of it can have come first.
create table ledger_month (
    month date primary key,
    part text not null,
    last_day date not null,
    dropped_at timestamptz
);

do $$
begin
    if exists (select from event_log_before) then
        alter table event_log_before add constraint of_before check (month = date '0001-01-01');
        alter table event_log attach partition event_log_before for values in ('0001-01-01');
        alter table event_log_before drop constraint of_before;
        insert into ledger_month (month, part, last_day)
        select '0001-01-01', 'event_log_before', coalesce(max(day), (select max(received_at at time zone 'Asia/Tokyo')::date from event_log))
        from day_tally;
    else
        drop table event_log_before;
    end if;
end
$$;

-- On the whole: each part has them, and the one of before keeps its own.
create index event_log_received on event_log using brin (received_at) with (pages_per_range = 32);
create index event_log_quarantined on event_log (source, received_at desc, event_key desc) where outcome in ('refused', 'parked');
create trigger count_entered after insert on event_log referencing new table as entered for each statement execute function count_entered();
create trigger count_changed after update on event_log referencing old table as was new table as is_now
for each statement execute function count_changed();

create view refusal as
select event_key, source, event_id, event_type, record_id, revision, code, path, item, received_at, repeats, faults
from event_log
where outcome = 'refused';

-- What the rows of parts that were dropped came to: with those that are left it is what the tally says.
create table dropped_tally (
    source text not null,
    outcome text not null,
    events bigint not null,
    repeats bigint not null,
    primary key (source, outcome)
);

-- The login of the service owns no table: it opens and drops months by these two. Several at once wait for the first, and find it done.
create function open_month(wanted date) returns void language plpgsql security definer set search_path from current as $$
declare
    part text := 'event_log_' || to_char(wanted, 'YYYY_MM');
begin
    if wanted <> date_trunc('month', wanted) or wanted < date '1900-01-01' then
        raise exception 'no month of the ledger begins on %', wanted;
    end if;
    -- Nearly always: no row is locked, so that those who admit side by side do not wait for each other.
    if exists (select from ledger_month where month = wanted and dropped_at is null) and to_regclass(part) is not null then
        return;
    end if;
    insert into ledger_month (month, part, last_day) values (wanted, part, (wanted + interval '1 month' - interval '1 day')::date)
    on conflict (month) do update set dropped_at = null;
    -- Where tables were emptied or brought back, list and parts may disagree: the parts count, and admission goes on.
    if to_regclass(part) is not null then
        return;
    end if;
    execute format('create table %I (like event_log including defaults including constraints) with (fillfactor = 90)', part);
    execute format('alter table %I add primary key (event_key)', part);
    execute format('alter table %I add constraint of_month check (month = %L)', part, wanted);
    execute format('alter table event_log attach partition %I for values in (%L)', part, wanted);
    execute format('alter table %I drop constraint of_month', part);
end
$$;

-- Drops a month in which nothing is parked any more; returns how many events it had, or null where it is not (yet) to be dropped. Whoever reads
-- or writes the ledger is not waited for long: it is tried again another day.
create function drop_month(wanted date, at timestamptz) returns bigint language plpgsql security definer set search_path from current
set lock_timeout = '3s' as $$
declare
    named text;
    events bigint;
begin
    select part into named from ledger_month
    where month = wanted and dropped_at is null and last_day < (at at time zone 'Asia/Tokyo')::date for update;
    if named is null then
        return null;
    end if;
    execute format('lock table %I in share mode', named);
    if exists (select from event_log where month = wanted and outcome = 'parked') then
        return null;
    end if;
    select count(*) into events from event_log where month = wanted;
    insert into dropped_tally as tally (source, outcome, events, repeats)
    select source, outcome, count(*), sum(repeats) from event_log where month = wanted group by source, outcome order by source, outcome
    on conflict (source, outcome) do update set events = tally.events + excluded.events, repeats = tally.repeats + excluded.repeats;
    execute format('drop table %I', named);
    update ledger_month set dropped_at = at where month = wanted;
    return events;
end
$$;
revoke all on function open_month(date), drop_month(date, timestamptz) from public;
grant execute on function open_month(date), drop_month(date, timestamptz) to ingest;

-- The days on which retention was done (once a day, by the service's clock), and what it came to.
create table retention_day (
    day date primary key,
    months integer not null,
    events bigint not null,
    parked bigint not null
);
