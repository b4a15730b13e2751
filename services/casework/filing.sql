-- Files of a case.

-- name: files_of_child
-- $1 person_id. The child, all that permission depends on, and its files without what is in them, in one statement.
select review.ward, review.barred, review.protected, review.offered_to,
    coalesce(review.center_until >= center_day(), false) as at_center, review.center_sensitive,
    array(select staff_id from whereabouts_holder as holder where holder.person_id = review.person_id) as holders,
    name.name, review.case_id, cases.state,
    (
        select jsonb_agg(to_jsonb(file) order by file.added_at desc, file.file_id) from case_file as file where file.person_id = review.person_id
    ) as files
from review
left join person_name as name on name.person_id = review.person_id
left join cases on cases.case_id = review.case_id
where review.person_id = $1
-- The one that goes on; where there is none, the last one that ended.
order by review.closed_at desc nulls first limit 1

-- name: body_of
-- $1 file_id, $2 person_id.
select body from case_file_body join case_file using (file_id) where file_id = $1 and person_id = $2

-- name: count_files
-- $1 case_id.
select count(*) from case_file where case_id = $1

-- name: add_file
-- $1 file_id, $2 case_id, $3 person_id, $4 name, $5 media type, $6 octets, $7 sha256, $8 scanned, $9 now, $10 staff id, $11 name of the staff,
-- $12 place of the staff. Nothing comes back where the case has it already.
insert into case_file (
    file_id, case_id, person_id, name, media_type, octets, sha256, scanned, added_at, added_by, added_by_name, added_by_place
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (case_id, sha256) do nothing returning file_id

-- name: add_body
-- $1 file_id, $2 body.
insert into case_file_body (file_id, body) values ($1, $2)
