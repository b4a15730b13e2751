-- name: statements
-- What PostgreSQL was asked since the statistics were reset, the most costly first.
select r.rolname as role, s.calls, s.plans, s.rows, s.total_exec_time as executed, s.total_plan_time as planned, s.wal_bytes as wal,
    left(regexp_replace(s.query, '\s+', ' ', 'g'), 200) as statement
from pg_stat_statements s join pg_roles r on r.oid = s.userid
order by s.total_exec_time + s.total_plan_time desc limit 100
