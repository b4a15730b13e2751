-- A source asks for the totals of a day. Rows are written in the order of their instants, so that some pages' bounds are enough to find a
-- day's: an index of keys would cost every event, for a question of some times a day.
create index event_log_received on event_log using brin (received_at) with (pages_per_range = 32);
