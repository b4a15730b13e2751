-- Whom the measures that stand protect, and from whom, a row each. Row-level security lets no index serve an operator that is not
-- leakproof, and `&&` of arrays is none: until now every measure was read for every person of whom anything was heard.
create table measured (
    person_id uuid not null,
    measure_id uuid not null,
    opponent boolean not null,
    primary key (person_id, measure_id, opponent)
);
create index measured_measure on measured (measure_id);

select set_config('tsunagu.actor', 'system', true);

insert into measured (person_id, measure_id, opponent)
select unnest(protected), measure_id, false from measure where not voided
union
select unnest(opponents), measure_id, true from measure where not voided;

select set_config('tsunagu.actor', '', true);

alter table measured enable row level security;
alter table measured force row level security;
create policy who_acts on measured using ((select current_setting('tsunagu.actor', true)) = 'system');

drop index measure_protected;
drop index measure_opponents;

-- No statement asks for the persons of a household: its members are in `household_member`.
drop index person_household;
