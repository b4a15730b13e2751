-- name: tables
-- $1 schema, $2 tables that are left alone, $3 if not empty: the only tables that count. Quoted names, in order.
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname = $1 and tablename <> all ($2::text[]) and (cardinality($3::text[]) = 0 or tablename = any ($3::text[]))
order by 1

-- name: hindrances
-- $1 schema, $2 table, $3 record. The statements that let every insert of this record fail.
select format('create or replace function %I.hindered() returns trigger language plpgsql as $$begin raise exception ''hindered''; end$$', $1::text)
    as statement
union all
select format(
    'create or replace trigger %I before insert on %I.%I for each row when (new.record_id = %L) execute function %I.hindered()',
    'hinders ' || $3::text, $1::text, $2::text, $3::text, $1::text
);

-- name: ends_of_hindrances
-- The statements that drop them all.
select format('drop function %s cascade', p.oid::regprocedure) as statement from pg_proc p where p.proname = 'hindered';

-- name: take_up
-- The running service takes it up at its next look.
update parked set retry_at = now() where not discarded;
