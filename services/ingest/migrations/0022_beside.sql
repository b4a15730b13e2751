-- The processes that take from the sources' queue, and what they tell each other of a watermark: one asks whether what was sent before it is
-- settled, each other one answers (services/ingest/beside.py). Rows of a few seconds.
create table at_work (process text primary key, told_at timestamptz not null);
create table watermark_asked (ask bigint generated always as identity primary key, process text not null);
create table watermark_answered (
    ask bigint not null references watermark_asked (ask) on delete cascade,
    process text not null,
    primary key (ask, process)
);
