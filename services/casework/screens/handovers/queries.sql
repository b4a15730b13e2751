-- Offers of cases that nobody has accepted yet, by ward.

-- name: waiting_handovers
-- $1 today. Those that wait too long first.
select from_ward, to_ward, count(*) as waiting, count(*) filter (where due_on < $1) as late, min(due_on) as due_on
from handover where status = 'offered'
group by from_ward, to_ward order by late desc, min(due_on), from_ward, to_ward
