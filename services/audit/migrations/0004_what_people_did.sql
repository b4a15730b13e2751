-- A search asks for what people did unless it asks for all. Services tell more than people do: without an index of its own, the newest
-- hundred deeds of people might lie behind a night's hundred thousand of theirs.
create index entry_of_people on entry (ts, idx) where role not like 'service:%';
