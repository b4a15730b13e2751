-- The keys under which a row of a school's list and a child meet get other numbers (`domain/roster.py`): those of one birth date, of one name and
-- of one school and year lie beside each other, so that what is written and asked for together is on four pages of an index instead of sixteen.
--
-- Of the children everything is here that a key is made of, and they are numbered anew: of 10 million keys two or three minutes. Of the rows it
-- is not: those that are here keep their numbers until they are decided again, and are found by either.
create function near_number(near text, key text) returns bigint
language sql immutable strict parallel safe as $$
select ('x' || substr(encode(sha256(convert_to(near, 'UTF8')), 'hex'), 1, 6)
            || substr(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 1, 10))::bit(64)::bigint
$$;

with profile as (
    select person_id, told ->> 'given' as given, told ->> 'given_kana' as given_kana, told ->> 'family' as family,
           told ->> 'family_kana' as family_kana, array(select json_array_elements_text(told -> 'former')) as former,
           (told ->> 'year')::int as year, (told ->> 'month')::int as month, (told ->> 'day')::int as day
    from comparable cross join json_array_elements(comparable -> 'profiles') as told
), dated as (
    select *, concat_ws(e'\x1f', year, least(month, day), greatest(month, day), '') as either, concat_ws(e'\x1f', year, month, day, '') as day_of
    from profile
    where year <> 0 and month <> 0 and day <> 0
), pair as (
    select person_id, year, month, day, family as one, given as other from profile
    union all
    select person_id, year, month, day, family_kana, given_kana from profile
    union all
    select person_id, year, month, day, family_before, name
    from profile cross join unnest(former) as family_before cross join unnest(array[given, given_kana]) as name
), named as (
    select person_id, year, month, day, concat_ws(e'\x1f', least(one collate "C", other collate "C"), greatest(one collate "C", other collate "C")) as both_of
    from pair
    where one <> '' and other <> ''
), at_school as (
    select person_id, given, given_kana, family, family_kana, concat_ws(e'\x1f', school ->> 0, year, '') as of_year
    from profile join comparable using (person_id) cross join json_array_elements(comparable -> 'schools') as school
    where school ->> 0 <> '' and year <> 0
), key as (
    select person_id, either as near, concat_ws(e'\x1f', 'birth, given', either || name) as key
    from dated cross join unnest(array[given, given_kana]) as name where name <> ''
    union all
    select person_id, either, concat_ws(e'\x1f', 'birth, family', day_of || name)
    from dated cross join unnest(array[family, family_kana] || former) as name where name <> ''
    union all
    select person_id, either, concat_ws(e'\x1f', 'birth, whole', day_of || name)
    from dated cross join unnest(array[family || given, family_kana || given_kana]) as name where name <> ''
    union all
    select person_id, both_of, concat_ws(e'\x1f', 'name, year', both_of, year) from named where year <> 0
    union all
    select person_id, both_of, concat_ws(e'\x1f', 'name, day', both_of, month, day) from named where month <> 0 and day <> 0
    union all
    select person_id, of_year, concat_ws(e'\x1f', 'school, year', of_year || name)
    from at_school cross join unnest(array[given, given_kana, family, family_kana]) as name where name <> ''
), numbered as (
    select person_id, array_agg(distinct near_number(near, key)) as keys from key group by person_id
)
update comparable set keys = numbered.keys from numbered where numbered.person_id = comparable.person_id;

truncate comparable_key;
insert into comparable_key (key, person_id)
select key, person_id from comparable cross join unnest(keys) as key order by key, person_id;

drop function near_number(text, text);
