-- Who of the ward works with what: it stands with the review, as all that the list counts and orders by, and holds while that ward has it. Which
-- operation made it so is kept; and conditions of the list that somebody keeps under a name.
alter table review
    add column assigned_to uuid,
    add column assigned_name text,
    add column assigned_section text,
    -- Of whoever is assigned: with another ward's acceptance the assignment is none any more.
    add column assigned_ward text,
    -- Counts up with each assignment, so that no old page overwrites a newer one.
    add column assigned_version integer not null default 0;

-- One operation, by the key of its form: pressing twice finds it, and whoever reloads is shown what became of it.
create table assignment_run (
    run_id uuid primary key,
    ward text not null,
    made_at timestamptz not null,
    made_by uuid not null,
    made_by_name text not null,
    -- Null: to nobody.
    to_id uuid,
    to_name text,
    to_section text,
    fingerprint bytea not null,
    -- How many were left out, by why.
    left_out jsonb not null
);
create index assignment_run_ward on assignment_run (ward, made_at desc);

create table assignment (
    run_id uuid not null references assignment_run (run_id),
    person_id uuid not null,
    review_id uuid not null,
    from_id uuid,
    from_name text,
    primary key (run_id, person_id)
);

create table saved_filter (
    filter_id uuid primary key,
    staff_id uuid not null,
    staff_name text not null,
    ward text,
    name text not null check (name <> ''),
    shared boolean not null check (not shared or ward is not null),
    conditions jsonb not null,
    saved_at timestamptz not null
);
create unique index saved_filter_own on saved_filter (staff_id, name);
create index saved_filter_shared on saved_filter (ward, name) where shared;

alter table assignment_run enable row level security;
alter table assignment_run force row level security;
create policy of_the_ward on assignment_run using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and ward = (select current_setting('tsunagu.ward', true)))
);
create policy nobody_changes on assignment_run as restrictive for update using ((select current_setting('tsunagu.actor', true)) = 'system');
create policy nobody_removes on assignment_run as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');

alter table assignment enable row level security;
alter table assignment force row level security;
create policy with_run on assignment using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or exists (select from assignment_run where assignment_run.run_id = assignment.run_id)
);
create policy nobody_changes on assignment as restrictive for update using ((select current_setting('tsunagu.actor', true)) = 'system');
create policy nobody_removes on assignment as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');

alter table saved_filter enable row level security;
alter table saved_filter force row level security;
-- One's own, and what a colleague of the ward shares; nobody but its owner changes or removes one.
create policy own_or_shared on saved_filter using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    or (shared and (select current_setting('tsunagu.actor', true)) = 'staff' and ward = (select current_setting('tsunagu.ward', true)))
) with check (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or (
        staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
        and (not shared or ward = (select current_setting('tsunagu.ward', true)))
    )
);
create policy own_is_removed on saved_filter as restrictive for delete using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);
