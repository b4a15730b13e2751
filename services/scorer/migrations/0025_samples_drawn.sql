-- Requests to look that casework keeps quiet and has drawn for people to judge (casework.md §2.4): of how many those that were judged are a
-- part. For the evaluation of rulesets, and nothing else.
create table sample_drawn (
    signal_id uuid primary key,
    person_id uuid not null,
    -- What asked, for which day, and when it was said: the answers that were believed then were its reasons.
    ruleset text not null,
    as_of date not null,
    asked_at timestamptz not null,
    share double precision not null check (share > 0 and share <= 1),
    -- Since when it is quiet no more: what was not judged by then is never judged.
    left_at timestamptz
);
