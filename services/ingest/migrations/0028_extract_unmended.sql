-- Rows of the newest extract of a kind that are refused, and which of them their owner has decided to leave as they are (`waived_at`).
-- `holding`: the linker was told that such a record exists and is known to nobody, so that nothing is concluded from its absence.
create table extract_unmended (
    source text not null,
    event_type text not null,
    record_id text not null,
    row_hash bytea not null,
    extract_id uuid not null,
    row_number bigint not null,
    waived_at timestamptz,
    holding boolean not null default false,
    primary key (source, event_type, record_id)
);

alter table extract add column waived bigint not null default 0;
