-- Files of a case (casework.md §6.2): kept with it, backed up with it, gone with it. What stands in one may tell where a protected child is:
-- they are behind the same wall as whereabouts.
create table case_file (
    file_id uuid primary key,
    case_id uuid not null references cases (case_id) on delete cascade,
    person_id uuid not null,
    name text not null check (length(name) between 1 and 100),
    media_type text not null,
    octets int not null check (octets between 1 and 10000000),
    sha256 bytea not null,
    scanned text not null check (scanned in ('clean', 'not_scanned')),
    added_at timestamptz not null,
    added_by uuid not null,
    added_by_name text not null,
    added_by_place text not null,
    -- The same file twice is one: pressing twice, or from two windows, adds once.
    unique (case_id, sha256)
);
create index case_file_person on case_file (person_id, added_at desc, file_id);

create table case_file_body (
    file_id uuid primary key references case_file (file_id) on delete cascade,
    body bytea not null
);
-- It is compressed already.
alter table case_file_body alter column body set storage external;

alter table case_file enable row level security;
alter table case_file force row level security;
create policy with_whereabouts on case_file using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or (
        (select current_setting('tsunagu.actor', true)) = 'staff'
        and exists (select from cases where cases.case_id = case_file.case_id)
        and exists (select from whereabouts where whereabouts.person_id = case_file.person_id)
    )
);

alter table case_file_body enable row level security;
alter table case_file_body force row level security;
create policy with_whereabouts on case_file_body using (
    exists (select from case_file where case_file.file_id = case_file_body.file_id)
);
