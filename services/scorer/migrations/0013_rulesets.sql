-- Rulesets that people entered, each step of how they came into use, and by which the city ran since when. Rows are only ever added.

create table ruleset (
    name text primary key,
    document text not null,
    -- A result of an analysis comes back as a proposal, too (MASK-04).
    origin text not null check (origin in ('person', 'analysis')),
    grounds text not null
);

create table ruleset_step (
    number bigint generated always as identity primary key,
    ruleset text not null references ruleset,
    step text not null check (step in ('proposed', 'simulated', 'approved', 'withdrawn', 'trial_begun', 'trial_ended')),
    at timestamptz not null,
    by_staff uuid not null,
    by_label text not null,
    effective_from date check ((effective_from is not null) = (step = 'approved')),
    -- Of a simulation: numbers, with small ones left out, and nobody's id.
    summary jsonb
);

-- By which ruleset the city ran, from when on, with the document itself: also of one that came with the software. `items` are those that
-- counted on `day`: an item's switch is a change of what holds, too.
create table programme_used (
    number bigint generated always as identity primary key,
    since timestamptz not null,
    day date not null,
    ruleset text not null,
    items text[] not null,
    document text not null
);

-- Where a person lives, with the wards: a list is a ward's.
alter table person add column places jsonb not null default '[]';

-- Who a child was said to be, and where it lived, as known since an instant: a list of a past day is made of it (REP-02).
create table child_known (
    person_id uuid not null,
    written_at timestamptz not null,
    birth_date date not null,
    sex text not null,
    present boolean not null,
    places jsonb not null,
    primary key (person_id, written_at)
);

-- Whom a ruleset on trial would list, from when to when: nobody is told.
create table trial_listed (
    ruleset text not null references ruleset,
    person_id uuid not null,
    listed_on date not null,
    ended_on date,
    groups text[] not null,
    primary key (ruleset, person_id, listed_on)
);

-- What counts now, for a simulation of the whole city: it reads nothing else of the answers.
create index evaluation_counted on evaluation (person_id) include (item, known_at) where superseded_at is null and counted and value = 'TRUE';

-- Lists that left the system: for what, asked for by whom, approved by another, and what was written.
create table list_export (
    export_id uuid primary key,
    ruleset text not null,
    document text not null,
    as_of date not null,
    known_on date not null check (known_on >= as_of),
    ward text,
    purpose text not null,
    requested_by uuid not null,
    requested_label text not null,
    requested_at timestamptz not null,
    approved_by uuid check (approved_by <> requested_by),
    approved_label text,
    approved_at timestamptz,
    written_by uuid,
    written_at timestamptz check (written_at is null or approved_at is not null),
    sha256 text,
    children integer
);
