-- What the runtime keeps in every service's schema.

-- Events already handled. A redelivered event is found here and dropped.
create table inbox (
    event_id uuid primary key,
    heard_at timestamptz not null default now()
);
create index inbox_heard_at on inbox using brin (heard_at);

-- What the service says, written in the transaction that made it true. A row is a run of `events` messages of one routing key,
-- as JSON objects joined by commas; the relay packs rows into parcels, publishes and deletes them.
create table outbox (
    id bigint generated always as identity primary key,
    exchange text not null,
    routing_key text not null,
    partition_key text not null,
    events integer not null check (events > 0),
    payload text not null,
    traceparent text
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- How many messages of each type the service said and heard, counted in the transactions that did it: the conservation check
-- compares the two ends.
create table tally (
    kind text not null check (kind in ('said', 'heard')),
    key text not null,
    n bigint not null,
    primary key (kind, key)
) with (fillfactor = 50);

-- Events that could not be handled. The body is encrypted (AES-256-GCM); `retry_at` is set where it is tried again by itself.
create table parked (
    event_id uuid primary key,
    type text not null,
    reason text not null,
    path text,
    body bytea not null,
    attempts integer not null default 1,
    parked_at timestamptz not null default now(),
    retry_at timestamptz
);
create index parked_retry on parked (retry_at) where retry_at is not null;

-- The last number given to an audit message, per lane. Counted up in the transaction of the act, so that a number is missing
-- only where an entry is missing. Several lanes, because one row would make every access wait for every other.
create table audit_lane (
    lane smallint primary key,
    last bigint not null
);
insert into audit_lane select lane, 0 from generate_series(0, 7) as lane;
