-- A person's word that hearing goes on although much was parked. One row: only the last word counts.
create table parking_resumed (
    one boolean primary key default true check (one),
    at timestamptz not null
);

-- Audit entries that follow from an event and were given a number: a parcel that comes again after the inbox forgot it would take
-- other numbers for the same entries, and the log would miss the first or the second for ever. What people do is not here: it has no
-- cause that could come again.
create table numbered_entry (
    entry_id uuid primary key,
    numbered_on date not null default current_date
);
create index numbered_entry_on on numbered_entry using brin (numbered_on);
