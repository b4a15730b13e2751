-- What the load of a city reads of a service's schema, with that service's own login.

-- name: table_sizes
-- Bytes of each table with all its partitions, and of its indexes; rows as the last analysis counted them. The largest first.
select coalesce(pg_partition_root(oid)::oid, oid)::regclass::text as name, sum(pg_table_size(oid))::bigint as table_bytes,
    sum(pg_indexes_size(oid))::bigint as index_bytes, sum(greatest(reltuples, 0))::bigint as row_count
from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
group by 1 order by sum(pg_total_relation_size(oid)) desc, 1

-- name: settings
-- Settings of PostgreSQL that the stack gave it and that its speed depends on.
select name, current_setting(name) as value from pg_settings
where source = 'command line' and split_part(category, ' / ', 1) in ('Autovacuum', 'Query Tuning', 'Resource Usage', 'Write-Ahead Log')
order by name
