-- All that is wrong with a refused event, where it is more than one thing: [[path, code], ...] in the order in which it was found.
-- Code and path stay the first of it. Empty in rows of before.
alter table event_log add column faults jsonb;

create or replace view refusal as
select event_key, source, event_id, event_type, record_id, revision, code, path, item, received_at, repeats, faults
from event_log
where outcome = 'refused';
