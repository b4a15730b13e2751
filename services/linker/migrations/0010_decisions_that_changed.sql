-- The first decision about a record is in the record itself, with when it was made. `link_decision` gets rows only when a decision changes:
-- then the first one and the new one, and from then on each new one; `decided_at` is empty, because the log says it. So it is of every
-- record that was here before: its decisions are in the log, the first one included, and no row is rewritten.
alter table record add column decided_at timestamptz;

-- Nobody looks a decision up by its number; what reads them puts all of a record's in order.
alter table link_decision drop constraint link_decision_pkey;
