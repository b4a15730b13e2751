-- What was so when a review was asked for: the answers that were believed then, and where the child was known to live.

-- name: grounds_at
-- $1 children, $2 instants: what was TRUE and counted of each, as believed at the instant.
select i.number, array_agg(e.item order by e.item) as items
from unnest($1::uuid[], $2::timestamptz[]) with ordinality as i (person_id, at, number)
join evaluation_ever e on e.person_id = i.person_id and e.written_at <= i.at and (e.superseded_at is null or e.superseded_at > i.at)
    and e.counted and e.value = 'TRUE'
group by i.number;

-- name: figures_at
-- $1 children, $2 instants, $3 items: what an answer's figures were, as believed at the instant.
select i.number, e.item, e.detail::text as detail
from unnest($1::uuid[], $2::timestamptz[]) with ordinality as i (person_id, at, number)
join evaluation_ever e on e.person_id = i.person_id and e.written_at <= i.at and (e.superseded_at is null or e.superseded_at > i.at)
    and e.item = any($3::text[]) and e.counted and e.value in ('TRUE', 'FALSE');

-- name: supported_since
-- $1 item, $2 and $3 days: children whose support began to be believed in these days, and the instant: of each its first.
select person_id, min(known_at) as at, min(valid_from) as since from evaluation_ever
where item = $1 and value = 'TRUE' group by person_id having (min(known_at) at time zone 'Asia/Tokyo')::date between $2 and $3
order by person_id;

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

-- name: seen_in_cases
-- $1 and $2 days, $3 item, $4 observation that it is refuted by, $5 the one that says otherwise. Of cases of whose child staff said
-- something in these days: of how many the item was TRUE and counted, as believed just before something was said in it, and in how many of
-- these it was refuted in these days, and not taken back for the same day by what was said later.
-- That a case is there says that people were asked to look at the child before.
select count(*) as seen, count(*) filter (where refuted) as refuted from (
    select bool_or(counted.so) as counted, bool_or(
        o.observation = $4 and (o.recorded_at at time zone 'Asia/Tokyo')::date >= $1::date and not exists (
            select from observation later
            where (later.person_id, later.case_id, later.observation) = (o.person_id, o.case_id, $5)
                and later.observed_on <= o.observed_on and (later.recorded_at, later.version) > (o.recorded_at, o.version)
                and (later.recorded_at at time zone 'Asia/Tokyo')::date <= $2::date
        )
    ) as refuted
    from observation o cross join lateral (
        select exists (
            select from evaluation_ever e
            where e.person_id = o.person_id and e.item = $3 and e.counted and e.value = 'TRUE'
                and e.written_at < o.recorded_at and (e.superseded_at is null or e.superseded_at >= o.recorded_at)
        ) as so
    ) as counted
    where (o.recorded_at at time zone 'Asia/Tokyo')::date <= $2::date
    group by o.person_id, o.case_id
    having max((o.recorded_at at time zone 'Asia/Tokyo')::date) >= $1::date
) as cases where counted;
