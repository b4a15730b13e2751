-- What was so when a review was asked for: the answers that were believed then, and where the child was known to live.

-- name: grounds_at
-- $1 children, $2 instants: what was TRUE and counted of each, as believed at the instant.
select i.number, array_agg(e.item order by e.item) as items
from unnest($1::uuid[], $2::timestamptz[]) with ordinality as i (person_id, at, number)
join evaluation e on e.person_id = i.person_id and e.written_at <= i.at and (e.superseded_at is null or e.superseded_at > i.at)
    and e.counted and e.value = 'TRUE'
group by i.number;

-- name: known_at
-- $1 children, $2 instants: who each was known to be at the instant, and where it lived; not where a protected one did.
select i.number, k.birth_date, k.sex, case when p.person_id is null then k.places::text else '[]' end as places
from unnest($1::uuid[], $2::timestamptz[]) with ordinality as i (person_id, at, number)
join lateral (
    select birth_date, sex, places from child_known where person_id = i.person_id and written_at <= i.at order by written_at desc limit 1
) as k on true
left join lateral (
    select i.person_id from protection where protected && array[i.person_id] and not voided limit 1
) as p on true;
