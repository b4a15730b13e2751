-- Masked datasets: of whom they speak, the steps, the rows. Steps are only ever added; rows and key go when the dataset is deleted.

-- name: children_known
-- $1 instant, $2 first birth date in scope, $3 day: who was known to be a child in scope just before the instant, and where it lived.
select person_id, birth_date, sex, places::text as places from (
    select distinct on (person_id) person_id, birth_date, sex, present, places from child_known
    where written_at < $1 order by person_id, written_at desc
) as known
where present and birth_date >= $2 and birth_date <= $3 order by person_id;

-- name: children_held
-- $1 first birth date in scope, $2 day: the same by what is held.
select person_id, birth_date, sex, places::text as places from person
where present and birth_date >= $1 and birth_date <= $2 and sex is not null order by person_id;

-- name: answers_known
-- $1 instant, $2 items with a figure, $3 where it stands in the detail of each: what was answered of everybody, as believed just before it.
select person_id, array_agg(item) as items, array_agg(value) as answers, array_agg(klass) as classes,
    array_agg((detail ->> ($3::text[])[array_position($2::text[], item)])::int) as figures
from evaluation_ever where written_at < $1 and (superseded_at is null or superseded_at >= $1) group by person_id;

-- name: protected_by
-- $1 day: whoever was ever protected by then. It is not told where they live, also after the measure ended (S07).
select distinct unnest(protected) as person_id from protection where not voided and valid_from <= $1;

-- name: request
-- $1 id, $2 as of, $3 known at the end of, $4 purpose.
insert into masked_dataset (dataset_id, as_of, known_on, purpose) values ($1, $2, $3, $4);

-- name: take_step
-- $1 id, $2 step, $3 instant, $4 who, $5 their label, $6 number of a letter, $7 evidence, $8 its SHA-256.
insert into masked_step (dataset_id, step, at, by_staff, by_label, letter, evidence, evidence_sha256)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8);

-- name: lock
-- $1 id: whoever else takes a step of it waits for the commit.
select dataset_id, as_of, known_on, purpose, columns, rows, left_out, rows_sha256 from masked_dataset where dataset_id = $1 for update;

-- name: steps
-- $1 ids.
select dataset_id, step, at, by_staff, by_label, letter, evidence_sha256 from masked_step where dataset_id = any($1::uuid[])
order by at, array_position(array['requested', 'approved', 'provided', 'analysis_ended', 'deletion_requested', 'deleted'], step);

-- name: datasets
-- All of them.
select dataset_id, as_of, known_on, purpose, columns, rows, left_out, rows_sha256 from masked_dataset order by dataset_id;

-- name: keep_key
-- $1 id, $2 key.
insert into masked_key (dataset_id, key) values ($1, $2);

-- name: keep_rows
-- $1 id, $2 pseudonyms, $3 cells of each, parted by unit separators.
insert into masked_row (dataset_id, pseudonym, cells)
select $1, pseudonym, string_to_array(cells, e'\x1f') from unnest($2::text[], $3::text[]) as i (pseudonym, cells);

-- name: keep_figures
-- $1 id, $2 columns, $3 rows, $4 left out, $5 SHA-256 of the rows, $6 findings.
update masked_dataset set (columns, rows, left_out, rows_sha256, findings) = ($2, $3, $4, $5, $6::jsonb) where dataset_id = $1;

-- name: rows_of
-- $1 id.
select pseudonym, cells from masked_row where dataset_id = $1 order by pseudonym;

-- name: key_of
-- $1 id.
select key from masked_key where dataset_id = $1;

-- name: names_elsewhere
-- $1 id: the names in all other datasets.
select pseudonym from masked_row where dataset_id <> $1;

-- name: delete_rows
-- $1 id.
delete from masked_row where dataset_id = $1;

-- name: delete_key
-- $1 id. Returns the key, for its digest.
delete from masked_key where dataset_id = $1 returning key;

-- name: count_left
-- $1 id: rows and keys that are there.
select (select count(*) from masked_row where dataset_id = $1) + (select count(*) from masked_key where dataset_id = $1);
