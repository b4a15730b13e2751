-- A watermark may be taken back: a later word (`version`; 0 is of an older release's) may be an earlier day. It also says from which day on
-- its source is complete, where the source says so.
alter table watermark add column version integer not null default 0, add column complete_from date;
alter table watermark_seen add column version integer not null default 0, add column complete_from date;
alter table watermark_seen drop constraint watermark_seen_pkey, add primary key (source, version, complete_through, event_id);
