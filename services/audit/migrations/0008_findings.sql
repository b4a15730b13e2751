-- What was found and waits for people. Each thing that is done with it is an entry of the log, too; here stands what a list is made of.
create table finding (
    id uuid primary key,
    kind text not null,
    about text not null,
    -- The how-manieth of its kind about the same: what is new after one was closed is another.
    episode integer not null check (episode > 0),
    found_at timestamptz not null,
    actor uuid,
    actor_role text,
    thing_kind text,
    thing_id text,
    first_at timestamptz,
    last_at timestamptz,
    figures json not null,
    unique (kind, about, episode)
);

-- On what findings rest: each sign once for its kind. `idx` is the entry, where it is one.
create table finding_sign (
    kind text not null,
    about text not null,
    sign text not null,
    finding_id uuid not null references finding (id),
    idx bigint,
    primary key (kind, about, sign)
);
create index finding_sign_finding on finding_sign (finding_id);

-- What was done with it. `sealed` is what was written, under the key of whom the finding is about; `digest` is what the log was told of it.
create table finding_step (
    finding_id uuid not null references finding (id),
    step integer not null check (step > 0),
    state text not null check (state in ('open', 'explained', 'escalated', 'closed')),
    at timestamptz not null,
    staff_id uuid not null,
    role text not null,
    reason_code text not null,
    sealed bytea not null,
    digest text not null,
    primary key (finding_id, step)
);

-- Whoever destroys a key destroys all that was written under it: `key` itself is sealed under the service's.
create table finding_key (
    subject text primary key,
    key bytea not null
);

insert into turn (name) values ('finding');

do $$
declare
    kept text;
begin
    foreach kept in array array['finding', 'finding_sign', 'finding_step'] loop
        execute format('create trigger no_change before update or delete on %I for each row execute function refuse_change()', kept);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', kept);
        execute format('alter table %I enable always trigger no_change', kept);
        execute format('alter table %I enable always trigger no_truncate', kept);
        execute format('revoke update, delete, truncate on %I from audit', kept);
    end loop;
end
$$;
revoke update, truncate on finding_key from audit;
