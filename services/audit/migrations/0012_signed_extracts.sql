-- Parts of the log that leave it under its signature: one person asks, another decides, and whoever asked takes them. What is taken is fixed
-- by what was asked: entries of the log as it was then (`size`), of a person or of a member of staff, and without those that are withheld.
create table signed_extract (
    id uuid primary key,
    kind text not null check (kind in ('disclosure', 'evidence')),
    of_kind text not null check (of_kind in ('thing', 'actor')),
    of_id text not null,
    since timestamptz,
    until timestamptz,
    reason_code text not null,
    withheld bigint[] not null,
    why_withheld text,
    size bigint not null,
    entries integer not null,
    asked_by uuid not null,
    asked_role text not null,
    asked_at timestamptz not null
);
create index signed_extract_newest on signed_extract (asked_at desc, id);

-- The decision, once.
create table signed_extract_decision (
    extract_id uuid primary key references signed_extract (id),
    approved boolean not null,
    staff_id uuid not null,
    role text not null,
    at timestamptz not null
);

do $$
declare
    kept text;
begin
    foreach kept in array array['signed_extract', 'signed_extract_decision'] loop
        execute format('create trigger no_change before update or delete on %I for each row execute function refuse_change()', kept);
        execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', kept);
        execute format('alter table %I enable always trigger no_change', kept);
        execute format('alter table %I enable always trigger no_truncate', kept);
        execute format('revoke update, delete, truncate on %I from audit', kept);
    end loop;
end
$$;
