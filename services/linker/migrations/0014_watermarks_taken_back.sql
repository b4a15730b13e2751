-- A watermark may be taken back: the same day may then be said again, and is another word (`version`; 0 is of an older release's).
alter table watermark_seen add column version integer not null default 0, add column complete_from date;
alter table watermark_seen drop constraint watermark_seen_pkey, add primary key (source, version, complete_through, event_id);
