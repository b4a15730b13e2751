-- Receipts that sources asked for (`Prefer: respond-async`): which events a request brought, and what each was told then. What it says more is in
-- the ledger, never in here. A request that had to be taken event by event has a row for each (`first` is the place of a row's first event).
-- Kept for a week, and the newest of a source.
create table receipt (
    receipt uuid not null,
    first integer not null,
    source text not null,
    made_at timestamptz not null,
    keys uuid[] not null,
    ids text[] not null,
    told text[] not null,
    primary key (receipt, first)
);
create index receipt_made on receipt (source, made_at);
