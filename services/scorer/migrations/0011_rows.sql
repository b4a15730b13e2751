-- What is written for every event goes to PostgreSQL as one array of rows: a list per column costs the client half as much again.
create type heard_fact as (
    key uuid, source text, event_type text, record_id text, revision integer, said integer, operation text, person_id uuid, pregnancy_id uuid,
    event_id uuid, data text, said_on date, case_id uuid
);
-- Arrays and JSON as texts, as answers are compared with those that are held.
create type answered as (
    person_id uuid, item text, value text, klass text, counted boolean, valid_from date, valid_to date, reason_code text, evidence text,
    detail text, needed_on date, stale_since date, rests_on_feed boolean, known_at timestamptz
);
