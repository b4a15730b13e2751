-- One row per look and per deed of a person, so that people see what they did themselves. What a look showed of others beside (siblings,
-- the lines of a list) is an entry of its own in the audit, and a number here.
alter table access_note add column kind text not null default 'access' check (kind in ('access', 'decision'));
alter table access_note add column others integer not null default 0;
alter table access_note drop constraint access_note_decision_check;
alter table access_note add constraint access_note_decision_check check (decision in ('permit', 'deny', 'done'));
-- Nobody is logged in whose login is refused.
alter table access_note alter column staff_name drop not null;
alter table access_note alter column staff_place drop not null;

-- Who looked at a child tells who has it: seen with the child, and by whoever looked.
alter table access_note enable row level security;
alter table access_note force row level security;
create policy own_or_with_person on access_note using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    or exists (select from person where person.person_id = access_note.person_id)
) with check (
    (select current_setting('tsunagu.actor', true)) = 'system' or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);
