-- Since when the scorer could not evaluate somebody: the answers are those of an older day. The row may be older than the person's
-- own, as with protection; 0 until anything was said of it.
alter table person add column overdue_version integer not null default 0;
alter table person add column overdue_since date;
