-- What was held until when of all that an evaluation reads, so that it can be done again as it was known on any past day (`recalling.py`).
--
-- A row says since when it is held (`written_at`); one that is changed or deleted goes to the table's `_was`, with until when it was held.
-- Views of the same names in the schema `scorer_known` show what was held just before an instant: by them the very statements of an
-- evaluation read the past. Whoever adds a column to such a table adds it to its `_was`, too, and calls `show_as_known`.

-- When what is written now becomes known: by the service's own clock, where it says so.
create function heard_at() returns timestamptz language sql stable
return coalesce(nullif(current_setting('scorer.heard_at', true), '')::timestamptz, now());

-- The instant just before which something is asked for. Whoever asks says it.
create function known_at() returns timestamptz language sql stable
return current_setting('scorer.known_at')::timestamptz;

create function is_written_now() returns trigger language plpgsql set search_path from current as $$
begin
    -- A clock that is set back takes nothing back that was known.
    new.written_at := greatest(old.written_at, heard_at());
    return new;
end
$$;

-- Where an argument is given, only rows of which it holds are worth keeping.
create function keep_what_was() returns trigger language plpgsql set search_path from current as $$
begin
    -- What comes and goes in one transaction was never known.
    if exists (select from was where written_at < heard_at()) then
        execute format(
            'insert into %I select %L::timestamptz, was.* from was where was.written_at < %2$L::timestamptz and (%s)',
            tg_table_name || '_was', heard_at(), coalesce(tg_argv[0], 'true')
        );
    end if;
    return null;
end
$$;

create function show_as_known(name text) returns void language plpgsql set search_path from current as $$
declare
    columns text := (
        select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
        where attrelid = name::regclass and attnum > 0 and not attisdropped
    );
begin
    -- The condition stands outside: PostgreSQL finds rows of joined views by their indexes only where the parts have none of their own.
    execute format(
        'create or replace view scorer_known.%1$I as
            select %2$s from (
                select *, ''infinity''::timestamptz as replaced_at from %1$I union all select %2$s, replaced_at from %3$I
            ) as ever
            where written_at < known_at() and replaced_at >= known_at()',
        name, columns, name || '_was'
    );
end
$$;

create function keep_past_of(name text, worth text default 'true') returns void language plpgsql set search_path from current as $$
begin
    -- What is here already has been held for longer than anybody can ask for.
    execute format('alter table %I add column written_at timestamptz not null default ''-infinity''', name);
    execute format('alter table %I alter column written_at set default heard_at()', name);
    execute format('create table %I (replaced_at timestamptz not null, like %I)', name || '_was', name);
    execute format('create trigger is_written_now before update on %I for each row execute function is_written_now()', name);
    execute format(
        'create trigger keep_what_was_changed after update on %I referencing old table as was execute function keep_what_was(%L)', name, worth
    );
    execute format(
        'create trigger keep_what_was_deleted after delete on %I referencing old table as was execute function keep_what_was(%L)', name, worth
    );
    perform show_as_known(name);
end
$$;

select keep_past_of(name)
from unnest(array['person', 'kinship', 'delivery', 'fact', 'watermark', 'in_hand', 'in_hand_anybody', 'held', 'protection', 'member']) as name;
-- Of counts, only those by which somebody was behind: they go up with every fact, and nobody asks for them otherwise.
select keep_past_of('fact_count', $$
    was.heard < was.told or was.person_version > 0 and not exists (
        select from person p where p.person_id = was.person_id and p.version >= was.person_version and p.written_at <= was.written_at
    )
$$);

create index person_was_person on person_was (person_id);
create index kinship_was_child on kinship_was (child_id);
create index kinship_was_mother on kinship_was (mother_id) where mother_id is not null;
create index delivery_was_child on delivery_was (child_id);
create index delivery_was_pregnancy on delivery_was (pregnancy_id);
create index delivery_was_mother on delivery_was (mother_id);
create index fact_was_person on fact_was (person_id);
create index fact_was_pregnancy on fact_was (pregnancy_id) where pregnancy_id is not null;
create index fact_was_in_care on fact_was using gin (in_care) where in_care is not null;
create index in_hand_was_person on in_hand_was (person_id) where records > 0;
create index held_was_person on held_was (person_id);
create index fact_count_was_person on fact_count_was (person_id);
create index protection_was_protected on protection_was using gin (protected);
create index member_was_household on member_was (household_id);
create index member_was_person on member_was (person_id);

-- Observations are only ever added, and answers have had a past from the beginning.
alter table observation add column written_at timestamptz not null default '-infinity';
alter table observation alter column written_at set default heard_at();
create view scorer_known.observation as select * from observation where written_at < known_at();
create view scorer_known.evaluation as
select evaluation_id, person_id, item, value, klass, counted, valid_from, valid_to, reason_code, evidence, detail, needed_on,
    parameters_version, known_at, null::timestamptz as superseded_at, written_at, stale_since, rests_on_feed
from evaluation where written_at < known_at() and (superseded_at is null or superseded_at >= known_at());

-- Since when the past is kept: null where nothing was held before.
create table past_kept (
    since timestamptz
);
insert into past_kept
select case when exists (select from person) or exists (select from fact) or exists (select from watermark) then now() end;
