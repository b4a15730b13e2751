-- The whole way of a case, from the first move to its end.

alter table cases
    add column lead_section text,
    add column person_in_charge text,
    add column outcome text,
    -- The move that waits for a second person.
    add column asks text,
    -- Who closes says how it ended.
    add constraint closed_with_outcome check (state <> 'closed' or outcome is not null);

-- A row for everything that was done, also for what leaves a case where it stands. Name and section are those of that day: people change
-- theirs.
alter table case_move
    add column asks boolean not null default false,
    add column by_name text,
    add column by_section text;

-- How a review ended: what is said of the child later is news or not by that.
alter table review
    add column closed_on date,
    add column outcome text;
create index review_closed on review (person_id, closed_at) where closed_at is not null;

-- An answer that is given again says where the case stood then.
alter table request_key add column state text;
