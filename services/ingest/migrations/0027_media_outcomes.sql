-- How many rows of a batch came to what (accepted, duplicate, superseded, parked): its page tells it. Unknown of what was taken before.
alter table media_batch add column outcomes jsonb;
