-- Further revisions of the register's records: those before the one in `record` (a revision that begins later is a change, and what was
-- said of the time before it still holds, `domain.md` §2.8-16), and those that contradict it so strongly that they may be about somebody
-- else: a person decides about these, and until then the old holds. Only records of which there was more than one revision are here.
create table statement (
    source text not null,
    event_type text not null,
    record_id text not null,
    revision bigint not null,
    effective_on date not null,
    recorded_at timestamptz not null,
    event_id uuid not null,
    data json,
    subject_id uuid,
    contested boolean not null,
    verdict text check (verdict in ('same', 'other')),
    primary key (source, event_type, record_id, revision)
);
create index statement_contested on statement (source, event_type, record_id) where contested;
