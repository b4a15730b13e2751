-- What the owner of a source is told of its data (issue 9): which characters nobody else can read, and a code table of its own that says
-- what they are; numbers that are said of two people.

-- Code tables of characters of private use (外字), a source's own, by version. The newest is applied to what comes; older ones stay, so that
-- of every record it can be told what its characters were taken for.
create table gaiji_table (
    source text not null,
    version integer not null,
    rows integer not null,
    content_hash bytea not null,
    entered_at timestamptz not null,
    primary key (source, version)
);
create table gaiji (
    source text not null,
    version integer not null,
    code_point integer not null,
    means text not null,
    primary key (source, version, code_point),
    foreign key (source, version) references gaiji_table
);

-- `gaiji` is the version of the table that was applied to the record, where one was. The marks are what it said of its person's birth and
-- name, as 31 bits of a keyed hash: whether two records say the same can be told, not what.
alter table record add column gaiji integer;
alter table record add column birth_mark integer;
alter table record add column name_mark integer;

create index record_number on record (source, person_no, birth_mark, name_mark) where birth_mark is not null;
create index held_up_now on held_up (source, event_type, reason, record_id) where state is not null;
