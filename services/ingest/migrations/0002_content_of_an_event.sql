-- What an event said, as a hash: the same id with other content is another event, and a correction must not pass for a repetition.
-- Empty for refused events, of which nothing is kept, and for rows of before.
alter table event_log add column content_hash bytea;
