-- The log is kept for years, and takes entries at random places of its indexes by person, staff and deed: as one table it would read and
-- write pages of every year for each night's entries. So it lies in segments of 2^22 entries by index: one is written, the others stand
-- still, and each is what goes as a whole when its time has come (not before seven years: infra/decisions/0021). A segment ends where a
-- subtree of the tree does, so that the roots kept of it stand for it.

-- A number is used once in the whole log, and a key of a table in segments would have to name the index, too: numbers have a table of their
-- own. `idx` is where its entry stands.
create table number (
    producer text not null,
    lane integer not null,
    sequence bigint not null,
    idx bigint not null,
    primary key (producer, lane, sequence)
);
insert into number (producer, lane, sequence, idx) select producer, lane, sequence, idx from entry order by producer, lane, sequence;

-- What there is becomes the first segment as it is: no row is copied, whatever the size of the log.
drop trigger no_change on entry;
alter table entry rename to entry_0;
alter table entry_0 rename constraint entry_pkey to entry_0_pkey;
alter table entry_0 drop constraint entry_producer_lane_sequence_key;
alter index entry_by_actor rename to entry_0_by_actor;
alter index entry_by_thing rename to entry_0_by_thing;
alter index entry_by_time rename to entry_0_by_time;
alter index entry_by_action rename to entry_0_by_action;
alter index entry_of_people rename to entry_0_of_people;

create table entry (like entry_0 including defaults including constraints) partition by range (idx);
do $$
begin
    execute format(
        'alter table entry attach partition entry_0 for values from (minvalue) to (%s)', ((select coalesce(max(idx), 0) from entry_0) / 4194304 + 1) * 4194304
    );
end
$$;
alter table entry add constraint entry_pkey primary key (idx);
create index entry_by_actor on entry (actor, ts, idx);
create index entry_by_thing on entry (thing_id, ts, idx);
create index entry_by_time on entry (ts, idx);
create index entry_by_action on entry (action, ts, idx);
create index entry_of_people on entry (ts, idx) where role not like 'service:%';

-- A trigger for each row is one of every segment, those to come included; one for a statement is not.
create trigger no_change before update or delete on entry for each row execute function refuse_change();
create trigger no_truncate before truncate on entry for each statement execute function refuse_change();
create trigger no_change before update or delete on number for each row execute function refuse_change();
create trigger no_truncate before truncate on number for each statement execute function refuse_change();
alter table entry enable always trigger no_change;
alter table entry_0 enable always trigger no_change;
alter table entry enable always trigger no_truncate;
alter table number enable always trigger no_change;
alter table number enable always trigger no_truncate;
revoke update, delete, truncate on entry, number from audit;
-- Read and written through the log alone.
revoke all on entry_0 from audit;

-- Makes segments until two lie ahead of the newest entry. The service calls it by the clock, and owns nothing of what is made: it can neither
-- say where a segment begins, nor open one to itself.
create function add_segments() returns integer language plpgsql security definer set search_path = audit, pg_temp as $$
declare
    starts bigint;
    added integer := 0;
    segment text;
begin
    perform from turn where name = 'append' for no key update;
    loop
        select max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''(\d+)''\)')::bigint) into strict starts
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'entry'::regclass;
        exit when starts > (select coalesce(max(idx), 0) from entry) + 2 * 4194304;
        segment := 'entry_' || starts;
        execute format('create table %I partition of entry for values from (%s) to (%s)', segment, starts, starts + 4194304);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', segment);
        execute format('alter table %I enable always trigger no_change', segment);
        execute format('alter table %I enable always trigger no_truncate', segment);
        execute format('revoke all on %I from audit', segment);
        added := added + 1;
    end loop;
    return added;
end
$$;
revoke all on function add_segments() from public;
grant execute on function add_segments() to audit;
select add_segments();
