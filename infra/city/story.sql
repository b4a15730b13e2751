-- name: tables
-- $1 schema, $2 tables that are left alone, $3 if not empty: the only tables that count. Quoted names, in order.
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname = $1 and tablename <> all ($2::text[]) and (cardinality($3::text[]) = 0 or tablename = any ($3::text[]))
order by 1
