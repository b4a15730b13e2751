-- Records that staff of a ward call wrong or outdated, for their owners: which records, in the source's own names, and what was written to
-- them; of the child nothing (`domain.md` §4.7).
create table dispute (
    dispute_id uuid primary key,
    number text not null unique,
    source text not null,
    item text not null,
    kind text not null check (kind in ('wrong', 'outdated')),
    words text not null,
    asked_on date not null,
    -- Whether the records are what the answer rests on; else what else the source sent of the child.
    rests_on boolean not null,
    event_types text[] not null,
    record_ids text[] not null check (cardinality(record_ids) = cardinality(event_types)),
    heard_at timestamptz not null
);
create index dispute_source on dispute (source, asked_on desc, number desc);

-- What its owner said of each: every answer stays, the last one holds.
create table dispute_answer (
    dispute_id uuid not null references dispute (dispute_id),
    version integer not null check (version > 0),
    answer text not null check (answer in ('looking', 'corrected', 'right')),
    words text not null,
    answered_at timestamptz not null,
    staff_id uuid not null,
    staff_label text not null,
    primary key (dispute_id, version)
);
