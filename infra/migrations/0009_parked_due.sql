-- The index knew when a parked event is tried again and not that a person threw it away, so that the look for either read everything
-- that is parked, every second.
drop index parked_retry;
create index parked_due on parked (retry_at) where retry_at is not null or discarded;
