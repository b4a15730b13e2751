-- What the linker keeps. Everything but `record`, `link_decision` and the versions can be computed again from `record`.
--
-- No foreign keys: a record waits here for a person who is not known yet, and whole cities are loaded through these tables.

-- The newest revision of every record of every source, and what became of it. `subject_id` and `stated_pregnancy_id` are what the
-- record names itself; `person_id` and `pregnancy_id` are what it was linked to. A record that was taken back keeps its row
-- without data, so that a late older revision cannot bring it back.
create table record (
    source text not null,
    event_type text not null,
    record_id text not null,
    revision bigint not null,
    effective_on date not null,
    recorded_at timestamptz not null,
    event_id uuid not null,
    data jsonb,
    subject_id uuid,
    stated_pregnancy_id uuid,
    state text not null check (state in ('linked', 'waiting', 'review', 'void')),
    rule text,
    reason text,
    person_id uuid,
    pregnancy_id uuid,
    said integer not null default 0,
    primary key (source, event_type, record_id),
    check ((state = 'linked') = (rule is not null and person_id is not null)),
    check ((state in ('waiting', 'review')) = (reason is not null)),
    check ((state = 'void') = (data is null))
);
create index record_subject on record (subject_id);
create index record_stated_pregnancy on record (stated_pregnancy_id) where stated_pregnancy_id is not null;
create index record_open on record (state, source, event_type, reason) where state in ('waiting', 'review');

-- Why every link is as it is. Rows are only ever added.
create table link_decision (
    id bigint generated always as identity primary key,
    decided_at timestamptz not null,
    subject text not null check (subject in ('record', 'delivery')),
    source text,
    event_type text,
    record_id text,
    revision bigint,
    state text not null check (state in ('linked', 'waiting', 'review', 'void', 'ended')),
    rule text,
    reason text,
    person_id uuid,
    pregnancy_id uuid
);
create index link_decision_record on link_decision (source, event_type, record_id) where subject = 'record';
revoke update, delete on link_decision from linker;

-- A person of the register. The row stays with `registered` false when the register takes everything back: ids are never reused.
create table person (
    person_id uuid primary key,
    person_no text not null unique,
    registered boolean not null,
    version integer not null,
    identity_version integer not null,
    kinship_version integer not null default 0,
    birth_date date not null,
    sex text not null,
    name text,
    kana text,
    address_code text,
    household_id uuid,
    residence jsonb not null
);

-- Every name that the register gave a person, and since when.
create table person_name (
    person_id uuid not null,
    since date not null,
    position integer not null,
    name text,
    kana text,
    primary key (person_id, position)
);

create table household (
    household_id uuid primary key,
    household_no text not null unique,
    version integer not null
);

-- Who was in which household, half-open; a person is in one at a time.
create table membership (
    person_id uuid not null,
    position integer not null,
    household_id uuid not null,
    relationship text not null,
    valid_from date,
    valid_to date,
    primary key (person_id, position),
    check (valid_from < valid_to)
);
create index membership_household on membership (household_id);

-- A pregnancy as the health section's records show it. `children` are those that the section names itself.
create table pregnancy (
    pregnancy_id uuid primary key,
    pregnancy_no text not null unique,
    mother_id uuid,
    due_on date,
    issued_on date,
    outcome text,
    ended_on date,
    children uuid[] not null
);
create index pregnancy_mother on pregnancy (mother_id);
create index pregnancy_children on pregnancy using gin (children) with (fastupdate = off) where children <> '{}';

-- Which pregnancy a child was born of, and by which rule.
create table delivery (
    child_id uuid not null,
    pregnancy_id uuid not null,
    mother_id uuid not null,
    rule text not null,
    primary key (child_id, pregnancy_id)
);

create table protection_measure (
    measure_id uuid primary key,
    source text not null,
    event_type text not null,
    record_id text not null,
    version integer not null,
    valid_from date not null,
    valid_to date,
    applicant_id uuid not null,
    protected uuid[] not null,
    opponents uuid[] not null,
    voided boolean not null
);
