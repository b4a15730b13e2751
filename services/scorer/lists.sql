-- Lists of past days: what was believed then, and where children were known to live then. Rows of both are only ever closed or added.

-- name: counted_known
-- $1 instant: what was TRUE and counted, as believed just before it.
select person_id, item, klass, valid_from, known_at, reason_code from evaluation_ever
where written_at < $1 and (superseded_at is null or superseded_at >= $1) and counted and value = 'TRUE'
order by person_id, item;

-- name: places_known
-- $1 instant, $2 children: where each was known to live just before it. Of whoever is or was protected it is not told (S07), also where
-- the measure was heard later: protection goes before a list's being the same.
select distinct on (person_id) person_id, places::text as places from child_known
where person_id = any($2::uuid[]) and written_at < $1
    and not exists (select from protection p where p.protected && array[child_known.person_id] and not p.voided)
order by person_id, written_at desc;

-- name: everybody
-- $1 first birth date: everybody who may be in scope.
select person_id from person where birth_date >= $1 and present order by person_id;
