-- What reviews came to, as casework told: for the evaluation of rulesets (EVAL-02). Without `closed_at`: people opened it again, and what it
-- had come to holds no more; the row stays, so that an older word never comes back. Nothing that anybody wrote.
create table review_outcome (
    review_id uuid primary key,
    person_id uuid not null,
    case_id uuid not null,
    version integer not null,
    -- What asked for the review, for which day, and when it was said: the answers that were believed then were its reasons.
    ruleset text not null,
    as_of date not null,
    asked_at timestamptz not null,
    closed_at timestamptz,
    outcome text,
    need text check (need in ('support', 'watch', 'nothing')),
    previously_unknown boolean,
    check ((closed_at is null) = (outcome is null))
);
