-- Of the requests to look that are kept quiet, those which a person looks at all the same (casework.md §2.4), and what that person judged. That
-- the request was needed opens nothing: it says whom the quiet misses.
create table sample (
    event_id uuid primary key references disposition (event_id),
    person_id uuid not null,
    -- By which share it was drawn: it stands for so many that were not.
    share double precision not null check (share > 0 and share <= 1),
    needed boolean,
    why text check (why <> ''),
    judged_at timestamptz,
    judged_by uuid,
    judged_by_name text,
    judged_by_place text,
    check ((judged_at is null) = (needed is null) and (judged_at is null) = (why is null) and (judged_at is null) = (judged_by is null))
);
create index sample_waiting on sample (person_id) where judged_at is null;

alter table sample enable row level security;
alter table sample force row level security;
create policy with_review on sample using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or (
        (select current_setting('tsunagu.actor', true)) = 'staff'
        and exists (select from review where review.person_id = sample.person_id)
    )
);
create policy only_the_system_draws on sample as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) = 'system');
create policy only_the_system_removes on sample as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');
