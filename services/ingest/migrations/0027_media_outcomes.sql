-- How many rows of a batch came to what (accepted, duplicate, superseded, parked): its page tells it. Unknown of what was taken before.
alter table media_batch add column outcomes jsonb;

-- Its page names a batch, refused ones too.
create index media_batch_page on media_batch (batch_id, brought_at desc);
