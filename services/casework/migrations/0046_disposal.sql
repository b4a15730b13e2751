-- Disposal of reviews and cases that are over their years (domain.md §4.6): a list proposed by date, looked through by one person, approved by
-- another, carried out in slices. What stays is which cases they were, when each ended, and how many rows went; nothing that tells of anybody.
create sequence disposal_number;
create table disposal_list (
    list_id uuid primary key,
    number text not null unique,
    -- Whatever ended before this day is over its years.
    over_before date not null,
    made_at timestamptz not null,
    made_by uuid not null,
    made_by_name text not null,
    looked_at timestamptz,
    looked_by uuid,
    looked_by_name text,
    approved boolean,
    decided_at timestamptz,
    decided_by uuid,
    decided_by_name text,
    decided_words text,
    check ((looked_at is null) = (looked_by is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (approved is null)),
    check (decided_at is null or looked_at is not null),
    -- Two people.
    check (decided_by <> looked_by)
);
create table disposal_item (
    list_id uuid not null references disposal_list,
    case_id uuid not null,
    review_id uuid,
    person_id uuid,
    closed_on date not null,
    state text not null check (state in ('proposed', 'kept', 'held', 'disposed')),
    -- Why it is kept, as somebody wrote, or what holds it.
    why text not null,
    disposed_at timestamptz,
    -- {"table": rows}
    went json,
    primary key (list_id, case_id),
    check ((state = 'disposed') = (disposed_at is not null) and (disposed_at is null) = (went is null)),
    -- Of what is gone nothing leads to anybody.
    check (state <> 'disposed' or (review_id is null and person_id is null))
);
-- A case is in one list at a time.
create unique index disposal_item_proposed on disposal_item (case_id) where state = 'proposed';
create table disposal_hold (
    hold_id uuid primary key,
    case_id uuid not null,
    why text not null check (why in ('litigation', 'request', 'audit', 'other')),
    words text not null check (words <> ''),
    placed_at timestamptz not null,
    placed_by uuid not null,
    placed_by_name text not null,
    released_at timestamptz,
    released_by uuid,
    released_by_name text,
    released_words text,
    check ((released_at is null) = (released_by is null) and (released_at is null) = (released_words is null))
);
create unique index disposal_hold_stands on disposal_hold (case_id) where released_at is null;

alter table disposal_list enable row level security;
alter table disposal_list force row level security;
alter table disposal_item enable row level security;
alter table disposal_item force row level security;
alter table disposal_hold enable row level security;
alter table disposal_hold force row level security;
create policy who_disposes on disposal_list using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy the_privacy_officer_decides on disposal_list as restrictive for update using (true) with check (
    decided_at is null or (select current_setting('tsunagu.actor', true)) in ('system', 'privacy_officer')
);
create policy who_disposes on disposal_item using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy the_system_disposes on disposal_item as restrictive for update using (true) with check (
    state <> 'disposed' or (select current_setting('tsunagu.actor', true)) = 'system'
);
create policy who_disposes on disposal_hold using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy nobody_removes on disposal_list as restrictive for delete using (false);
create policy nobody_removes on disposal_item as restrictive for delete using (false);
create policy nobody_removes on disposal_hold as restrictive for delete using (false);
