-- Names are kept as they came; older releases composed them (NFC) first, and hashed that. `hashed_composed` says whose hash a row has, so
-- that an honest repetition of what was taken then is still known for one. What is written from now on has hashes of texts as they came.
alter table record add column hashed_composed boolean not null default true;
alter table record alter column hashed_composed set default false;
alter table event_log add column hashed_composed boolean not null default true;
alter table event_log alter column hashed_composed set default false;
