-- Removable media (ACQ-03): who may sign, which media there are, which batches came. No row of a batch is kept here, and none on a disk.
create table media_signer (
    signer_id text primary key,
    public_key bytea not null,
    sources text [] not null,
    label text not null,
    registered_at timestamptz not null,
    revoked_at timestamptz
);

create table medium (
    medium_id text primary key,
    registered_at timestamptz not null,
    withdrawn_at timestamptz
);

-- One row a bundle whose signature was good, refused ones too: their numbers are known, and their medium must be erased as well.
create table media_batch (
    digest bytea primary key,
    batch_id uuid not null,
    source text not null,
    signer_id text not null references media_signer,
    sequence int not null,
    medium_id text not null references medium,
    made_at timestamptz not null,
    complete_through date,
    state text not null check (state in ('refused', 'importing', 'imported')),
    operator text not null,
    verifier text not null,
    brought_at timestamptz not null,
    imported_at timestamptz,
    rows int,
    erased_at timestamptz,
    erased_by text
);
create unique index media_batch_number on media_batch (source, signer_id, sequence) where state <> 'refused';
create unique index media_batch_id on media_batch (batch_id) where state <> 'refused';
create index media_batch_not_erased on media_batch (medium_id) where erased_at is null;

create table media_file (
    digest bytea not null references media_batch,
    name text not null,
    event_type text not null,
    sha256 bytea not null,
    rows int not null,
    primary key (digest, name)
);
