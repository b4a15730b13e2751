-- What was held until when lies in parts, a fiscal year of Japan each, by when it was held no more: what is old goes by dropping a part
-- (`retention.py`, decision 25). Answers that are believed no longer are moved to such a table, too, so that `evaluation` does not grow with time.
--
-- What there is already becomes the part for whatever has no part of its own: no row is copied but those of this year and the next.

-- Before which nothing is kept of what was known; null while all of it is.
alter table past_kept add column forgotten_until timestamptz;

create function fiscal_year(at timestamptz) returns integer language sql stable
return extract(year from (at at time zone 'Asia/Tokyo') - interval '3 months')::integer;

create function fiscal_year_begins(year integer) returns timestamptz language sql stable
return make_date(year, 4, 1)::timestamp at time zone 'Asia/Tokyo';

-- Which tables keep a past, by the column that says until when a row of it was held.
create table past_table (
    name text primary key,
    held_until text not null,
    -- Up to when its rows are gone: behind `past_kept` where somebody was killed on the way.
    forgotten_until timestamptz
);

create function lay_in_years(name text, held_until text) returns void language plpgsql set search_path from current as $$
declare
    was text := name || '_was';
    indexes text[] := array(select pg_get_indexdef(indexrelid) from pg_index where indrelid = was::regclass);
    index text;
begin
    insert into past_table (name, held_until) values (name, held_until);
    for index in select relname from pg_index join pg_class on oid = indexrelid where indrelid = was::regclass loop
        execute format('alter index %I rename to %I', index, index || '_else');
    end loop;
    execute format('alter table %I rename to %I', was, was || '_else');
    execute format('create table %I (like %I including defaults) partition by range (%I)', was, was || '_else', held_until);
    execute format('alter table %I attach partition %I default', was, was || '_else');
    foreach index in array indexes loop
        execute index;
    end loop;
end
$$;

-- A part for a year that has none. Rows of it that came before it was there are moved to it.
create function open_year(year integer) returns void language plpgsql security definer set search_path from current set lock_timeout = '3s' as $$
declare
    each record;
    part text;
    begins timestamptz := fiscal_year_begins(year);
    ends timestamptz := fiscal_year_begins(year + 1);
begin
    for each in select name || '_was' as was, held_until from past_table order by name loop
        part := each.was || '_' || year;
        continue when to_regclass(part) is not null or ends <= (select forgotten_until from past_kept);
        execute format('create table %I (like %I including defaults)', part, each.was);
        execute format(
            'with moved as (delete from %I where %I >= %L and %2$I < %4$L returning *) insert into %5$I select * from moved',
            each.was || '_else', each.held_until, begins, ends, part
        );
        execute format('alter table %I attach partition %I for values from (%L) to (%L)', each.was, part, begins, ends);
    end loop;
end
$$;

-- Drops all parts of one table that are older than `forgotten_until` says; returns of how many rows. Whoever reads or writes the table is not waited for
-- long. It is a transaction a table: no two are locked at once.
create function forget_years(wanted text) returns bigint language plpgsql security definer set search_path from current set lock_timeout = '3s' as $$
declare
    until timestamptz := (select forgotten_until from past_kept);
    was text := wanted || '_was';
    until_column text := (select held_until from past_table where name = wanted);
    part text;
    rows bigint;
    gone bigint := 0;
begin
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
revoke all on function lay_in_years(text, text), open_year(integer), forget_years(text) from public;
grant execute on function open_year(integer), forget_years(text) to scorer;

-- The same as before (0021), for less: a statement of its own for each table, planned once a connection, and nothing set for each row. Of a record
-- that is new 8 µs of PostgreSQL's CPU instead of 13 (`python -m tests.benchmarks.past`).
do $$
begin
    execute format($f$
        create or replace function is_written_now() returns trigger language plpgsql as $b$
        begin
            -- A clock that is set back takes nothing back that was known.
            new.written_at := greatest(old.written_at, %I.heard_at());
            return new;
        end
        $b$
    $f$, current_schema);
end
$$;

create function watch_past_of(name text, worth text) returns void language plpgsql set search_path from current as $$
begin
    execute format($f$
        create function %1$I() returns trigger language plpgsql set search_path from current as $b$
        declare
            until timestamptz := heard_at();
        begin
            -- What comes and goes in one transaction was never known.
            insert into %2$I select until, was.* from was where was.written_at < until and (%3$s);
            return null;
        end
        $b$
    $f$, 'keep_what_was_of_' || name, name || '_was', worth);
    execute format('drop trigger keep_what_was_changed on %I', name);
    execute format('drop trigger keep_what_was_deleted on %I', name);
    execute format(
        'create trigger keep_what_was_changed after update on %I referencing old table as was execute function %I()', name, 'keep_what_was_of_' || name
    );
    execute format(
        'create trigger keep_what_was_deleted after delete on %I referencing old table as was execute function %I()', name, 'keep_what_was_of_' || name
    );
end
$$;

select lay_in_years(name, 'replaced_at')
from unnest(array[
    'person', 'kinship', 'delivery', 'fact', 'watermark', 'in_hand', 'in_hand_anybody', 'held', 'protection', 'member', 'fact_count'
]) as name;

select watch_past_of(name, case name when 'fact_count' then $$
    was.heard < was.told or was.person_version > 0 and not exists (
        select from person p where p.person_id = was.person_id and p.version >= was.person_version and p.written_at <= was.written_at
    )
$$ else 'true' end)
from past_table;
drop function keep_what_was;

create table evaluation_was (like evaluation including defaults);
create index evaluation_was_history on evaluation_was (person_id, written_at);
select lay_in_years('evaluation', 'superseded_at');
-- What is to be moved: nearly nothing, most of the day.
create index evaluation_superseded on evaluation (superseded_at) where superseded_at is not null;

-- All answers that were ever believed, as far as they are kept.
create view evaluation_ever as
select evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
    parameters_version, known_at, superseded_at, written_at, stale_since, rests_on_feed
from evaluation
union all
select evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
    parameters_version, known_at, superseded_at, written_at, stale_since, rests_on_feed
from evaluation_was;

select show_as_known(name) from past_table where name <> 'evaluation';
create or replace view scorer_known.evaluation as
select evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
    parameters_version, known_at, null::timestamptz as superseded_at, written_at, stale_since, rests_on_feed
from evaluation_ever where written_at < known_at() and (superseded_at is null or superseded_at >= known_at());

select open_year(fiscal_year(now()) + years) from generate_series(0, 1) as years;
