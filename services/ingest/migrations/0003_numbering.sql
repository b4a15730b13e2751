-- What the numbers of twelve digits in each field that its source declared its own have said (services/ingest/domain/watch.py): how many,
-- how many with a My Number's check digit, and how much that weighs against chance. No number is kept: `marks` are bits drawn by a
-- keyed hash, so that one that comes again counts once. Where it is no chance the source's feed stops (`stopped_at`) until a person
-- releases it; `vouched` is a person's word that the numbers have such a check digit of their own. A field has one row for all kinds of
-- event of its source.
create table numbering (
    source text not null,
    field text not null,
    numbers bigint not null,
    valid bigint not null,
    weight double precision not null,
    marks bytea not null,
    stopped_at timestamptz,
    vouched boolean not null default false,
    primary key (source, field)
);
