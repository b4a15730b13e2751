-- What the scorer keeps: facts as told, answers as given, and what the ward was told.

-- Everybody whom a message named: children, and mothers for their residence. A person who was only named has no birth date yet.
-- Its row is also the lock that keeps two messages about one family from missing each other.
create table person (
    person_id uuid primary key,
    version integer not null,
    birth_date date,
    sex text,
    residence jsonb not null default '[]',
    present boolean not null default true
);

-- The newest revision of every record that an indicator reads; a void stays, so that an older revision never comes back.
create table fact (
    source text not null,
    event_type text not null,
    record_id text not null,
    revision integer not null,
    said integer not null,
    operation text not null check (operation in ('upsert', 'void')),
    person_id uuid not null,
    pregnancy_id uuid,
    event_id uuid not null,
    data jsonb not null,
    primary key (source, event_type, record_id)
);
create index fact_person on fact (person_id);
create index fact_pregnancy on fact (pregnancy_id) where pregnancy_id is not null;

create table kinship (
    child_id uuid primary key,
    version integer not null
);
create table delivery (
    child_id uuid not null,
    pregnancy_id uuid not null,
    mother_id uuid not null,
    primary key (child_id, pregnancy_id)
);
create index delivery_pregnancy on delivery (pregnancy_id);
create index delivery_mother on delivery (mother_id);

create table watermark (
    source text primary key,
    complete_through date not null
);

-- One row per evaluated child: when its answers can next change by time alone. Also the lock of its evaluations.
create table due (
    person_id uuid primary key,
    evaluate_on date
);
create index due_evaluate_on on due (evaluate_on, person_id) where evaluate_on is not null;

-- Answers, bitemporal: valid_from/valid_to say when it was so, known_at/superseded_at when it was believed. Rows are only ever closed.
create table evaluation (
    evaluation_id bigint generated always as identity primary key,
    person_id uuid not null,
    item text not null,
    value text not null,
    klass text,
    counted boolean not null,
    valid_from date,
    valid_to date,
    reason_code text not null,
    evidence uuid[] not null,
    detail json not null,
    needed_on date,
    parameters_version text not null,
    known_at timestamptz not null,
    superseded_at timestamptz
);
create unique index evaluation_current on evaluation (person_id, item) where superseded_at is null;
create index evaluation_history on evaluation (person_id, known_at);
create index evaluation_waiting on evaluation (needed_on) where superseded_at is null and needed_on is not null;

-- What the ward was last told about a child.
create table review_signal (
    person_id uuid primary key,
    version integer not null,
    ruleset text not null,
    needed boolean not null,
    groups text[] not null,
    digest text not null,
    told_at timestamptz not null
);

-- Where a child's case stands, as casework says; read by rules that leave out children who are supported already.
create table case_state (
    case_id uuid primary key,
    person_id uuid not null,
    state text not null,
    version integer not null
);
create index case_state_person on case_state (person_id);
