-- What a row of a school's list that names no number is compared with: the children of the register in one spelling (`domain/roster.py`),
-- kept with each change of a child's entry or school, so that nothing is read or normalised again when a row asks.
create table comparable (
    person_id uuid primary key,
    comparable json not null,
    normaliser text not null
);

-- The compound keys under which a row finds a child (a birth date and a name, a school and a name, …), and those by which the rows ask. They
-- are compared byte by byte: no order of any language is of use.
create table comparable_key (
    key text collate "C" not null,
    person_id uuid not null,
    primary key (key, person_id)
);
create index comparable_key_person on comparable_key (person_id);

-- The rows of the schools' lists that name no number, and what was decided of each last.
create table roster_row (
    key uuid primary key,
    pupil text not null,
    decision_id uuid not null,
    rule text,
    person_id uuid,
    may_be uuid[] not null
);
create table roster_key (
    key text collate "C" not null,
    row_key uuid not null,
    primary key (key, row_key)
);
create index roster_key_row on roster_key (row_key);

-- Every decision that the matcher made of a record, with all that it rests on: rows are only ever added, and one that takes another one's
-- place names it. `person_id` is whom it was linked to ('auto'), or the likeliest; `rule` the rule or the pattern that linked it, or why
-- people look, or why it is nobody; `reasons` all that spoke against a link. `candidates` are whom it was compared with, the likeliest first:
-- [{"person_id", "weight" in bits, "claims": [{"field", "level", "bits", "detail"}]}]. No value of any field stands here.
create table match_decision (
    decision_id uuid primary key,
    record_key uuid not null,
    source text not null,
    event_type text not null,
    record_id text not null,
    revision bigint not null,
    decided_at timestamptz not null,
    verdict text not null check (verdict in ('auto', 'review', 'new')),
    rule text not null,
    reasons text[] not null,
    person_id uuid,
    weight double precision,
    runner_up_id uuid,
    margin double precision,
    candidates json not null,
    model text not null,
    frequencies text not null,
    normaliser text not null,
    supersedes uuid unique
);
revoke update, delete on match_decision from linker;
