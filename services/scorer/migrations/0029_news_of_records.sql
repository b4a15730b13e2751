-- Of which event types news is, where it is of the child's own records alone: then only the items that read these are asked (`partly.py`).
-- Null is news of anything.
alter table news add column event_types text[];
