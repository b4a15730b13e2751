-- What a parcel of a few records costs is its statements: each is a way to the server and back, whatever it does.

-- Locks and says which state of all that was judged holds, in one statement. A statement sees what was there when it began, and who waited for
-- the lock must see what the other one saved: within a function each statement looks anew.
create function enter(whole bigint, alone boolean) returns uuid
language plpgsql volatile set search_path from current as $$
begin
    if alone then
        perform pg_advisory_xact_lock(whole);
    else
        perform pg_advisory_xact_lock_shared(whole);
    end if;
    return (select version from judged_version);
end
$$;

-- Rows as the code hands them over, like `saved_record`: of a list for each column every value is looked at on its way.
create type saved_row as (
    key uuid,
    pupil text,
    decision_id uuid,
    rule text,
    person_id uuid,
    may_be text,
    keys text
);
create type made_decision as (
    decision_id uuid,
    record_key uuid,
    source text,
    event_type text,
    record_id text,
    revision bigint,
    verdict text,
    rule text,
    reasons text[],
    person_id uuid,
    weight double precision,
    runner_up_id uuid,
    margin double precision,
    candidates json,
    model text,
    frequencies text,
    normaliser text,
    gate text,
    supersedes uuid
);
