-- When somebody searched in the last hour, so that nobody looks through the city child by child. Of what was typed nothing is kept.
create table searched (
    staff_id uuid primary key,
    made_at timestamptz[] not null
);
alter table searched enable row level security;
alter table searched force row level security;
create policy own_row on searched using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);
