-- Nightly extracts: which files came and what became of them, and of every record of the last one a hash. No cell of any file.

create table extract (
    extract_id uuid primary key,
    source text not null,
    event_type text,
    file_name text not null,
    sha256 bytea,
    made_on date,
    complete_through date,
    state text not null check (state in ('waiting', 'reading', 'taken', 'refused')),
    code text,
    row_number bigint,
    octet bigint,
    column_name text,
    rows bigint not null default 0,
    created bigint not null default 0,
    changed bigint not null default 0,
    voided bigint not null default 0,
    same bigint not null default 0,
    refused bigint not null default 0,
    parked bigint not null default 0,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times integer not null default 1
);

-- What is wrong, by row and column: so much of it as a person reads.
create table extract_fault (
    extract_id uuid not null references extract on delete cascade,
    row_number bigint not null,
    column_name text not null,
    code text not null,
    primary key (extract_id, row_number, column_name, code)
);

-- The snapshot: of every record of a source's kind what the row said that was taken last, as a keyed hash.
create table extract_row (
    source text not null,
    event_type text not null,
    record_id text not null,
    row_hash bytea not null,
    primary key (source, event_type, record_id)
) with (fillfactor = 90);

-- The file that is being read, and what is to be told because of it. One at a time; gone with a crash of the server, and read again then.
create unlogged table extract_staged (
    record_id text not null,
    row_hash bytea not null,
    row_number bigint not null,
    octet bigint not null,
    deleted boolean not null
) with (autovacuum_enabled = false);

create unlogged table extract_plan (
    place bigint generated always as identity primary key,
    kind text not null check (kind in ('created', 'changed', 'voided')),
    record_id text not null,
    revision bigint not null,
    row_hash bytea,
    row_number bigint,
    octet bigint,
    held_hash bytea,
    hashed_composed boolean not null
) with (autovacuum_enabled = false);

-- Only the owner of a table may empty it at once, and tell the planner how full it is.
create function clear_extract() returns void language plpgsql security definer set search_path from current as $$
begin
    truncate extract_staged, extract_plan restart identity;
end
$$;

create function look_at_extract() returns void language plpgsql security definer set search_path from current as $$
begin
    analyze extract_staged;
end
$$;

revoke execute on function clear_extract(), look_at_extract() from public;
grant execute on function clear_extract(), look_at_extract() to ingest;
