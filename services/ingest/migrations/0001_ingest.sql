-- What ingest keeps: who may send what for which purpose, one row for every source event, and the newest revision of each record.

-- The purpose register (LAW-02). A source without a row, or with one past its review, is refused.
create table source_registration (
    source text primary key,
    purpose text not null,
    basis text not null,
    nature text not null check (nature in ('temporary', 'standing')),
    reason text not null,
    approver text not null,
    since date not null,
    review_on date
);

insert into source_registration (source, purpose, basis, nature, reason, approver, since, review_on)
select
    source,
    'EARLY_SUPPORT',
    '個人情報保護法第69条第2項第2号',
    'standing',
    '法令の定める事務（児童福祉・母子保健）の遂行に必要な限度で内部利用するものであり、SOSを待たずに困難を抱えるこどもや家庭を早期に発見し'
    || '支援につなげるために、相当の理由がある。',
    'こども未来局こども健やか部こども家庭課',
    date '2022-04-01',
    date '2035-03-31'
from unnest(array['resident_registry', 'maternal_child_health', 'public_assistance']) as source;

-- The ledger: exactly one row for every distinct source event, and never a body or a value. What a person can see as the
-- quarantine, and what the conservation check adds up. Names that a sender may have got wrong are kept only where nothing in
-- them is denied; a key that cannot be read at all is made from the message.
create table event_log (
    event_key uuid primary key,
    source text not null,
    event_id text,
    event_type text,
    record_id text,
    revision bigint,
    outcome text not null check (outcome in ('accepted', 'refused', 'parked', 'superseded', 'duplicate')),
    code text,
    path text,
    item text,
    received_at timestamptz not null,
    repeats integer not null default 0
) with (fillfactor = 90);
create index event_log_refused on event_log (source, received_at) where outcome = 'refused';

create view refusal as
select event_key, source, event_id, event_type, record_id, revision, code, path, item, received_at, repeats
from event_log
where outcome = 'refused';

-- The newest revision of every record. `content_hash` tells a repetition from a contradiction; a record taken back keeps its row
-- without data, so that an older revision cannot bring it back.
create table record (
    source text not null,
    event_type text not null,
    record_id text not null,
    revision bigint not null,
    operation text not null check (operation in ('upsert', 'void')),
    content_hash bytea not null,
    data jsonb not null,
    person_no text,
    effective_on date not null,
    recorded_at timestamptz not null,
    event_key uuid not null,
    primary key (source, event_type, record_id)
) with (fillfactor = 90);

-- Up to which day each source is complete.
create table watermark (
    source text primary key,
    complete_through date not null,
    event_key uuid not null
);
