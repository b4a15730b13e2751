-- What people said of requests to look that casework kept quiet after a review, and that were drawn for that (casework.md §2.4): for the
-- evaluation of rulesets, and nothing else. Each is judged once.
create table sample_judgement (
    signal_id uuid primary key,
    person_id uuid not null,
    -- What asked, for which day, and when it was said: the answers that were believed then were its reasons.
    ruleset text not null,
    as_of date not null,
    asked_at timestamptz not null,
    judged_at timestamptz not null,
    needed boolean not null,
    -- The share by which it was drawn: it stands for 1 / share quiet requests.
    share double precision not null check (share > 0 and share <= 1)
);
