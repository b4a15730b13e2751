-- A year's parts are opened table by table, a transaction each. In one transaction for all tables, whoever had written to a late one and then
-- wrote to an early one waited for it in a circle. Of one table the whole is locked first and then its parts, as everybody does who reads or
-- writes it; that lock also keeps a second process from moving the same rows.
drop function open_year(integer);

create function open_year(wanted text, year integer) returns void language plpgsql security definer set search_path from current set lock_timeout = '3s' as $$
declare
    was text := wanted || '_was';
    part text := was || '_' || year;
    until_column text := (select held_until from past_table where name = wanted);
    begins timestamptz := fiscal_year_begins(year);
    ends timestamptz := fiscal_year_begins(year + 1);
begin
    if to_regclass(part) is not null or ends <= (select forgotten_until from past_kept) then
        return;
    end if;
    execute format('lock table only %I in share update exclusive mode', was);
    -- Another process may have opened it meanwhile.
    if to_regclass(part) is not null then
        return;
    end if;
    execute format('lock table %I in access exclusive mode', was || '_else');
    execute format('create table %I (like %I including defaults)', part, was);
    execute format(
        'with moved as (delete from %I where %I >= %L and %2$I < %4$L returning *) insert into %5$I select * from moved',
        was || '_else', until_column, begins, ends, part
    );
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', was, part, begins, ends);
end
$$;

-- As before (0023), but that the whole is locked before a part is looked at: two processes that both had counted a part waited for each other.
create or replace function forget_years(wanted text) returns bigint language plpgsql security definer set search_path from current set lock_timeout = '3s' as $$
declare
    until timestamptz := (select forgotten_until from past_kept);
    was text := wanted || '_was';
    until_column text := (select held_until from past_table where name = wanted);
    part text;
    rows bigint;
    gone bigint := 0;
begin
    if exists (
        select from pg_inherits join pg_class on oid = inhrelid
        where inhparent = was::regclass and fiscal_year_begins(substring(relname from '_([0-9]{4})$')::integer + 1) <= until
    ) then
        execute format('lock table only %I in access exclusive mode', was);
    end if;
    for part in
        select relname from pg_inherits join pg_class on oid = inhrelid
        where inhparent = was::regclass and fiscal_year_begins(substring(relname from '_([0-9]{4})$')::integer + 1) <= until order by relname
    loop
        execute format('select count(*) from %I', part) into rows;
        execute format('drop table %I', part);
        gone := gone + rows;
    end loop;
    -- What never had a part of its own.
    execute format('delete from %I where %I < $1', was || '_else', until_column) using until;
    get diagnostics rows = row_count;
    gone := gone + rows;
    if wanted = 'person' then
        -- Who a child was said to be, where something newer was said by then.
        delete from child_known k where k.written_at < until and exists (
            select from child_known newer
            where newer.person_id = k.person_id and newer.written_at > k.written_at and newer.written_at < until
        );
        get diagnostics rows = row_count;
        gone := gone + rows;
    end if;
    update past_table set forgotten_until = until where name = wanted;
    return gone;
end
$$;
revoke all on function open_year(text, integer) from public;
grant execute on function open_year(text, integer) to scorer;
