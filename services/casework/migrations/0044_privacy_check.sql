-- The check of every year whether rights and interests of those are protected whom the data are about (PRIV-02, domain.md §1.8, §1.10): evidence
-- as it was found, what was found to be mended, and two signatures. Nothing changes or removes a row.
create table privacy_check_evidence (
    year integer not null,
    -- A run gathers all evidence at one moment; the newest counts.
    run integer not null check (run > 0),
    item text not null,
    -- What was counted, and how many of those are not as they should be; null where it could not be told.
    looked_at integer check (looked_at >= 0),
    amiss integer check (amiss >= 0),
    -- What somebody looked up elsewhere, and where.
    words text not null,
    made_at timestamptz not null,
    made_by uuid not null,
    made_by_name text not null,
    primary key (year, run, item)
);
create table privacy_check_finding (
    finding_id uuid not null,
    version integer not null check (version > 0),
    year integer not null,
    item text not null,
    title text not null check (title <> ''),
    owner text not null check (owner <> ''),
    due_on date not null,
    state text not null check (state in ('open', 'mended', 'accepted')),
    words text not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    changed_by_name text not null,
    primary key (finding_id, version),
    check (state = 'open' or words <> '')
);
create table privacy_check_signature (
    year integer not null,
    seat text not null check (seat in ('coordinator', 'privacy_officer')),
    run integer not null,
    words text not null,
    signed_at timestamptz not null,
    signed_by uuid not null,
    signed_by_name text not null,
    primary key (year, seat),
    -- Two people, whatever they may be.
    unique (year, signed_by)
);

alter table privacy_check_evidence enable row level security;
alter table privacy_check_evidence force row level security;
alter table privacy_check_finding enable row level security;
alter table privacy_check_finding force row level security;
alter table privacy_check_signature enable row level security;
alter table privacy_check_signature force row level security;
create policy who_checks_reads on privacy_check_evidence for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy who_checks_reads on privacy_check_finding for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy who_checks_reads on privacy_check_signature for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
);
create policy who_checks_writes on privacy_check_finding for insert with check (
    (select current_setting('tsunagu.actor', true)) in ('coordinator', 'privacy_officer')
);
-- What two people signed stays as it was.
create policy who_checks_gathers on privacy_check_evidence for insert with check (
    (select current_setting('tsunagu.actor', true)) in ('coordinator', 'privacy_officer')
    and not exists (select from privacy_check_signature as signed where signed.year = privacy_check_evidence.year)
);
create policy each_signs_in_the_own_seat on privacy_check_signature for insert with check (
    seat = (select current_setting('tsunagu.actor', true))
);
