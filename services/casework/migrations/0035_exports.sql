-- Lists of children that leave the system as a file (casework.md §2.3): asked for with a purpose and a limit, approved by another person of the
-- ward, taken until a day, and deleted by whoever took it. What stood in the file is kept nowhere; who of whom is in the audit log.
create sequence list_export_number;
create table list_export (
    export_id uuid primary key,
    number text not null unique,
    ward text not null,
    purpose text not null,
    words text not null check (words <> ''),
    -- The stage of the children, or null for all that are under review.
    stage text,
    format text not null check (format in ('xlsx', 'csv')),
    most integer not null check (most between 1 and 200),
    asked_at timestamptz not null,
    asked_by uuid not null,
    asked_by_name text not null,
    asked_by_place text not null,
    decided_at timestamptz,
    decided_by uuid check (decided_by <> asked_by),
    decided_by_name text,
    approved boolean,
    take_until date,
    taken_at timestamptz,
    children integer,
    delete_by date,
    deleted_at timestamptz,
    deleted_how text check (deleted_how <> ''),
    check ((decided_at is null) = (approved is null) and (decided_at is null) = (decided_by is null)),
    check ((take_until is not null) = coalesce(approved, false)),
    check (taken_at is null or approved),
    check ((taken_at is null) = (delete_by is null)),
    check (deleted_at is null or taken_at is not null),
    check ((deleted_at is null) = (deleted_how is null))
);
create index list_export_ward on list_export (ward, asked_at desc);

alter table list_export enable row level security;
alter table list_export force row level security;
create policy of_the_ward on list_export using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and ward = (select current_setting('tsunagu.ward', true)))
);
create policy nobody_removes on list_export as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');
