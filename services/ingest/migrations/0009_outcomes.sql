-- How many events of each source came to what, and how often they came again: whoever asks need not count the ledger. The table counts
-- itself, in the transaction that writes it and whoever that is; `tsunagu status --check` compares the two.
create table outcome_tally (
    source text not null,
    outcome text not null,
    events bigint not null,
    repeats bigint not null,
    primary key (source, outcome)
) with (fillfactor = 50);

insert into outcome_tally (source, outcome, events, repeats)
select source, outcome, count(*), sum(repeats) from event_log group by source, outcome;

-- Once per statement, however many rows it writes; in the order of the keys, so that two writers never wait in a circle.
create function count_entered() returns trigger language plpgsql set search_path from current as $$
begin
    insert into outcome_tally as tally (source, outcome, events, repeats)
    select source, outcome, count(*), sum(repeats) from entered group by source, outcome order by source, outcome
    on conflict (source, outcome) do update set events = tally.events + excluded.events, repeats = tally.repeats + excluded.repeats;
    return null;
end
$$;

create function count_changed() returns trigger language plpgsql set search_path from current as $$
begin
    insert into outcome_tally as tally (source, outcome, events, repeats)
    select source, outcome, sum(n), sum(repeats)
    from (select source, outcome, 1 as n, repeats from is_now union all select source, outcome, -1, -repeats from was) as change
    group by source, outcome having sum(n) <> 0 or sum(repeats) <> 0 order by source, outcome
    on conflict (source, outcome) do update set events = tally.events + excluded.events, repeats = tally.repeats + excluded.repeats;
    return null;
end
$$;

create trigger count_entered after insert on event_log referencing new table as entered for each statement execute function count_entered();
create trigger count_changed after update on event_log referencing old table as was new table as is_now
for each statement execute function count_changed();
