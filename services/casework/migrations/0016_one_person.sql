-- Who is whom since people decided that two are one person (`PersonsMerged`), and nobody again since they decided that they are not
-- (`PersonSplit`). Nothing moves by it: reviews and cases stay with whom they were begun for, and are shown beside each other.
create table person_alias (
    absorbed_id uuid primary key,
    version integer not null,
    survivor_id uuid
);
create index person_alias_survivor on person_alias (survivor_id) where survivor_id is not null;

alter table person_alias enable row level security;
alter table person_alias force row level security;
create policy with_person on person_alias using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or exists (select from person where person.person_id in (person_alias.absorbed_id, person_alias.survivor_id))
);
