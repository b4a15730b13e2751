-- The log. Whoever may write here may only add; nobody may change or remove, the owner of the tables included.

-- One row per entry. `leaf` is the entry; `hash` is its place in the tree; every other column is derived from the leaf so that
-- people can search, and `tsunagu audit verify` checks that it still says what the leaf says (audit.md §0.4).
create table entry (
    idx bigint primary key check (idx >= 0),
    event_id uuid not null,
    type text not null,
    ts timestamptz not null,
    received timestamptz not null,
    producer text not null,
    lane integer not null,
    sequence bigint not null check (sequence > 0),
    actor uuid,
    role text not null,
    actor_ward text,
    session text,
    action text not null,
    thing_kind text not null,
    thing_id text,
    thing_ward text,
    purpose text not null,
    decision text not null,
    relation text not null,
    reason_code text,
    correlation text,
    origin text,
    count bigint,
    leaf bytea not null,
    hash bytea not null check (length(hash) = 32),
    -- A producer's number is used once; a second use with other words is equivocation and goes to quarantine.
    unique (producer, lane, sequence)
);
create index entry_by_actor on entry (actor, ts, idx);
create index entry_by_thing on entry (thing_id, ts, idx);
create index entry_by_time on entry (ts, idx);
create index entry_by_action on entry (action, ts, idx);

-- Roots of complete subtrees of 2**level entries (levels 8, 16, 24), so that a root reads hundreds of hashes, not millions.
create table subtree (
    level smallint not null check (level in (8, 16, 24)),
    idx bigint not null check (idx >= 0),
    hash bytea not null check (length(hash) = 32),
    primary key (level, idx)
);

-- Signed statements "the log had `size` entries under `root`" (C2SP tlog-checkpoint). `note` is the statement; the columns
-- beside it are checked against it.
create table checkpoint (
    size bigint primary key check (size > 0),
    root bytea not null check (length(root) = 32),
    note text not null,
    at timestamptz not null
);

-- Events that contradict an entry: the same producer, lane and number, other bytes. Evidence, so kept as received.
create table quarantine (
    event_id uuid primary key,
    producer text not null,
    lane integer not null,
    sequence bigint not null,
    reason text not null,
    leaf bytea not null,
    at timestamptz not null
);

-- What full verifications found, for the security team's first page.
create table verification (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    size bigint not null,
    outcome text not null check (outcome in ('sound', 'tampered', 'incomplete')),
    findings integer not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only: % on % refused', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- ENABLE ALWAYS: an ordinary trigger is skipped under session_replication_role = replica.
do $$
declare
    log_table text;
begin
    foreach log_table in array array['entry', 'subtree', 'checkpoint', 'quarantine', 'verification'] loop
        execute format('create trigger no_change before update or delete on %I for each row execute function refuse_change()', log_table);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', log_table);
        execute format('alter table %I enable always trigger no_change', log_table);
        execute format('alter table %I enable always trigger no_truncate', log_table);
        execute format('revoke update, delete, truncate on %I from audit', log_table);
    end loop;
end
$$;
