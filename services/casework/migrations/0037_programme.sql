-- The programme's cycle with its dates (PUSH-09, SCH-01): every word of a step is a row, and none is changed or taken away.
create table programme_cycle (
    -- The year (年度) in which it lies.
    year integer primary key,
    begun_at timestamptz not null,
    begun_by uuid not null,
    begun_by_name text not null
);
create table programme_step (
    step_id uuid not null,
    version integer not null check (version > 0),
    year integer not null references programme_cycle,
    title text not null check (title <> ''),
    owner text not null check (owner <> ''),
    due_on date not null,
    done_on date,
    -- Why it was changed, or what came of it.
    words text not null,
    changed_at timestamptz not null,
    changed_by uuid not null,
    changed_by_name text not null,
    primary key (step_id, version)
);
alter table programme_cycle enable row level security;
alter table programme_cycle force row level security;
alter table programme_step enable row level security;
alter table programme_step force row level security;
create policy staff_reads on programme_cycle for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
create policy the_coordinator_begins on programme_cycle for insert with check ((select current_setting('tsunagu.actor', true)) = 'coordinator');
create policy staff_reads on programme_step for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
create policy the_coordinator_writes on programme_step for insert with check ((select current_setting('tsunagu.actor', true)) = 'coordinator');
