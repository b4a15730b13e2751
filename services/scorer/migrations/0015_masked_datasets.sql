-- Masked datasets for the analysis body (MASK-01 to 03, S20): what was asked for, each step, and, until it is deleted, the rows and the key.

create table masked_dataset (
    dataset_id uuid primary key,
    as_of date not null,
    known_on date not null check (known_on >= as_of),
    purpose text not null,
    columns text[],
    -- Of what was given: how many rows, how many children were left out (none, or ten and more), and digests of rows and files.
    rows integer,
    left_out integer check (left_out = 0 or left_out >= 10),
    rows_sha256 text,
    findings jsonb
);

create table masked_step (
    dataset_id uuid not null references masked_dataset,
    step text not null check (step in ('requested', 'approved', 'provided', 'analysis_ended', 'deletion_requested', 'deleted')),
    at timestamptz not null,
    by_staff uuid not null,
    by_label text not null,
    -- The number of the analysis body's letter, where it said so.
    letter text check ((letter is not null) = (step in ('analysis_ended', 'deletion_requested'))),
    -- Of a deletion: what is proven of it, and the SHA-256 of that.
    evidence jsonb check ((evidence is not null) = (step = 'deleted')),
    evidence_sha256 text check ((evidence_sha256 is not null) = (step = 'deleted')),
    -- A step is taken once.
    primary key (dataset_id, step)
);

-- By which a pseudonym can be told to be somebody's. It never leaves this table, and is gone with the dataset.
create table masked_key (
    dataset_id uuid primary key references masked_dataset,
    key bytea not null
);

create table masked_row (
    dataset_id uuid not null references masked_dataset,
    pseudonym text not null,
    cells text[] not null,
    primary key (dataset_id, pseudonym)
);

-- All that the login of the analysis body reads (`infra/migrating.py`): what is provided, until the analysis ended.
create view analysis.masked_row as
select r.dataset_id, r.pseudonym, jsonb_object(d.columns, r.cells) as cells
from masked_row r join masked_dataset d using (dataset_id)
where exists (select from masked_step s where s.dataset_id = r.dataset_id and s.step = 'provided')
    and not exists (select from masked_step s where s.dataset_id = r.dataset_id and s.step = 'analysis_ended');
grant select on analysis.masked_row to analyst;
