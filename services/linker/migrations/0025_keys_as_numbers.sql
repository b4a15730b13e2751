-- The keys under which a row of a school's list and a child meet become numbers of 8 bytes (`domain/roster.py` says which), and stand once
-- more beside whoever has them, so that what is given up is known without a second index. Some twenty keys of a row were sixty bytes each, in
-- a table and two indexes: two thirds of what it cost to keep a row. What a row asked twice for, its names or month and day in each other's
-- place, is one key now that has them in order.
--
-- The tables are written anew once: of 10 million keys one or two minutes.
create function key_number(key text) returns bigint
language sql immutable strict parallel safe as $$
select ('x' || substr(encode(sha256(convert_to(array_to_string(case
    when told[1] in ('name, year', 'name, day')
        then array[told[1], least(told[2] collate "C", told[3] collate "C"), greatest(told[2] collate "C", told[3] collate "C")] || told[4:]
    when told[1] = 'birth, given'
        then array[told[1], told[2], least(told[3]::int, told[4]::int)::text, greatest(told[3]::int, told[4]::int)::text] || told[5:]
    else told end, e'\x1f'), 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint
from string_to_array(key, e'\x1f') as told
$$;

alter table comparable add column keys bigint[] not null default '{}';
update comparable set keys = found.keys
from (select person_id, array_agg(distinct key_number(key)) as keys from comparable_key group by person_id) as found
where found.person_id = comparable.person_id;
alter table comparable alter column keys drop default;

alter table roster_row add column keys bigint[] not null default '{}';
update roster_row set keys = found.keys
from (select row_key, array_agg(distinct key_number(key)) as keys from roster_key group by row_key) as found
where found.row_key = roster_row.key;
alter table roster_row alter column keys drop default;

drop table comparable_key;
create table comparable_key (
    key bigint not null,
    person_id uuid not null,
    primary key (key, person_id)
);
insert into comparable_key (key, person_id)
select key, person_id from comparable cross join unnest(keys) as key order by key, person_id;

drop table roster_key;
create table roster_key (
    key bigint not null,
    row_key uuid not null,
    primary key (key, row_key)
);
insert into roster_key (key, row_key)
select roster_key, roster_row.key from roster_row cross join unnest(keys) as roster_key order by roster_key, roster_row.key;

-- From here on whoever writes a key says its number.
drop function key_number;
