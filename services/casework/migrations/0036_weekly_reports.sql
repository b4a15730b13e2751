-- Weekly reports (REP-01), kept as they were made: which numbers were known at which moment. Nothing changes one: there is no policy for that.
create table weekly_report (
    -- A Monday; the report is of the seven days from it.
    first_day date primary key check (extract(isodow from first_day) = 1),
    made_at timestamptz not null,
    -- Tables with small numbers left out already: what was left out is kept nowhere.
    content json not null
);
alter table weekly_report enable row level security;
alter table weekly_report force row level security;
create policy the_system_makes on weekly_report for insert with check ((select current_setting('tsunagu.actor', true)) = 'system');
create policy staff_reads on weekly_report for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
