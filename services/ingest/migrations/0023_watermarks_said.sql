-- What sources have said of how far they are complete: each watermark by its number and newest revision, without a day where it was taken
-- back. `watermark` is what follows: the furthest of them. Those said before stand as one without a number.
create table watermark_said (
    source text not null,
    record_id text not null,
    revision bigint not null,
    complete_through date,
    complete_from date,
    primary key (source, record_id)
);
insert into watermark_said (source, record_id, revision, complete_through) select source, '', 0, complete_through from watermark;

-- `version` counts the changes of what holds, so that a later word is known from a late one, also where it is an earlier day.
alter table watermark add column version integer not null default 0, add column complete_from date;
