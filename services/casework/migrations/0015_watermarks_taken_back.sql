-- A watermark may be taken back: a later word (`version`; 0 is of an older release's) may be an earlier day, or none.
alter table feed add column version integer not null default 0, alter column complete_through drop not null;
