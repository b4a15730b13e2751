-- The review board (検討会, ROLE-09, EVAL-05): its meetings, and the issues that they and staff raise (EVAL-01). As with the cycle's steps, each
-- word is a row, and none is changed or taken away.
create sequence meeting_number;
create sequence issue_number;
create table review_meeting (
    meeting_id uuid not null,
    version integer not null check (version > 0),
    number text not null,
    held_on date not null,
    title text not null check (title <> ''),
    place text not null,
    -- Who took part: {"seat": "names"}, by whom they came for.
    present json not null,
    agenda text not null,
    minutes text not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    changed_by_name text not null,
    primary key (meeting_id, version)
);
create table programme_issue (
    issue_id uuid not null,
    version integer not null check (version > 0),
    number text not null,
    title text not null check (title <> ''),
    text text not null,
    meeting_id uuid,
    state text not null check (state in ('raised', 'doing', 'settled', 'dropped')),
    owner text,
    due_on date,
    -- What was done, or why.
    words text not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    changed_by_name text not null,
    changed_by_place text not null,
    primary key (issue_id, version),
    check (state <> 'doing' or (owner <> '' and due_on is not null)),
    check (state not in ('settled', 'dropped') or words <> '')
);
alter table review_meeting enable row level security;
alter table review_meeting force row level security;
alter table programme_issue enable row level security;
alter table programme_issue force row level security;
create policy staff_reads on review_meeting for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
create policy the_coordinator_writes on review_meeting for insert with check ((select current_setting('tsunagu.actor', true)) = 'coordinator');
create policy staff_reads on programme_issue for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
-- Everybody who reads may raise one; what becomes of it the coordinator says.
create policy staff_raises on programme_issue for insert with check (
    (select current_setting('tsunagu.actor', true)) = 'coordinator'
    or (
        (select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> ''
        and version = 1 and state = 'raised'
    )
);
