-- How many facts (RecordLinked) were said of each person so far. A hearer on another partition, which hears of the person first, waits
-- with what it would conclude from absence until it has heard as many (`domain.md` §2.8-2).
create table facts_told (
    person_id uuid primary key,
    facts integer not null
) with (fillfactor = 80);
insert into facts_told (person_id, facts)
select person_id, sum(said)::integer from record where person_id is not null and state = 'linked' group by person_id;

-- The child's mother where she is certain, also without a pregnancy (`domain.md` §2.8-3).
alter table person add column mother_id uuid;

-- The health section may name the children of a pregnancy and no mother.
alter table delivery alter column mother_id drop not null;

-- Whom what is held may concern, though it is linked to nobody: records in review, what ingest put aside (`event_type` '-'), what the
-- linker itself could not read. Nobody is the nil id: then it may concern everybody.
create table concern (
    source text not null,
    event_type text not null,
    record_id text not null,
    person_id uuid not null,
    primary key (source, event_type, record_id, person_id)
);
create index concern_person on concern (source, person_id);

-- How many that are, as it was said last.
create table in_hand (
    source text not null,
    person_id uuid not null,
    records integer not null,
    version integer not null,
    primary key (source, person_id)
);

-- How much of the birth date the register knows (不詳), and how many children a pregnancy carried.
alter table person add column birth_precision text not null default 'day';
alter table pregnancy add column fetus_count integer;
