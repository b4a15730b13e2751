-- Which school says a month and when it was recorded: of two rows for one month and school the later counts (`domain.md` §2.8-17). Of rows
-- that were told before, it is not known; each counts, as before, until its school says it again.
alter table fact add column school_id uuid;
alter table fact add column recorded_at timestamptz;
alter type heard_fact add attribute school_id uuid, add attribute recorded_at timestamptz;
