-- Of a refused event an id, or a record's number, is kept only where it is one (visible ASCII). Older releases kept whatever was printable
-- there, which may have been what somebody said.
update event_log
set event_id = case when event_id ~ '^[!-~]+$' then event_id end, record_id = case when record_id ~ '^[!-~]+$' then record_id end
where outcome in ('refused', 'parked') and (event_id !~ '^[!-~]+$' or record_id !~ '^[!-~]+$');
