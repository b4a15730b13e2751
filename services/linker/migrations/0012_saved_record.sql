-- A row as the code hands it over to be saved, whatever the order of the table's columns: a list of such rows costs half of a list per
-- column. What is to be added to it is added at its end.
create type saved_record as (
    key uuid,
    source text,
    event_type text,
    record_id text,
    revision bigint,
    effective_on date,
    recorded_at timestamptz,
    event_id uuid,
    data json,
    subject_id uuid,
    stated_pregnancy_id uuid,
    state text,
    rule text,
    reason text,
    person_id uuid,
    pregnancy_id uuid,
    said integer,
    subject_no text,
    decided_at timestamptz
);
