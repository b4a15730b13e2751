-- How a finding grew while it was not closed: of whoever keeps looking it says what it came to, not what it began with.
create table finding_growth (
    finding_id uuid not null references finding (id),
    number integer not null check (number > 0),
    at timestamptz not null,
    first_at timestamptz,
    last_at timestamptz,
    figures json not null,
    primary key (finding_id, number)
);
create trigger no_change before update or delete on finding_growth for each row execute function refuse_change();
create trigger no_truncate before truncate on finding_growth for each statement execute function refuse_change();
alter table finding_growth enable always trigger no_change;
alter table finding_growth enable always trigger no_truncate;
revoke update, delete, truncate on finding_growth from audit;

-- A list that was opened is an entry for each who stands in it. Rules that compare weeks read what was looked for, and what has a reason.
create index entry_looked_for on entry (ts, idx) where role not like 'service:%' and decision = 'permit' and correlation is null;
create index entry_with_reason on entry (ts, idx) where decision = 'permit' and thing_kind in ('child', 'adult') and reason_code is not null;
