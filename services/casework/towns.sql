-- What the parts of the town are called.

-- name: replace_towns
-- $1 address_codes, $2 names: the whole table. What is not among them is gone afterwards.
with told as (
    select * from unnest($1::text[], $2::text[]) as told (address_code, name)
), gone as (
    delete from town where address_code <> all ($1::text[])
)
insert into town (address_code, name) select address_code, name from told
on conflict (address_code) do update set name = excluded.name
