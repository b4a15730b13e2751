-- Exports of lists: asked for, approved by another person, written once.

-- name: request_export
-- $1 id, $2 ruleset, $3 document, $4 as of, $5 known at the end of, $6 ward, $7 purpose, $8 who, $9 their label, $10 instant.
insert into list_export (export_id, ruleset, document, as_of, known_on, ward, purpose, requested_by, requested_label, requested_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: lock_export
-- $1 id.
select export_id, ruleset, document, as_of, known_on, ward, purpose, requested_by, requested_label, requested_at, approved_by, approved_label,
    written_at, sha256
from list_export where export_id = $1 for update;

-- name: exports
-- All of them, the newest first.
select export_id, ruleset, document, as_of, known_on, ward, purpose, requested_by, requested_label, requested_at, approved_by, approved_label,
    written_at, sha256
from list_export order by requested_at desc, export_id;

-- name: approve_export
-- $1 id, $2 who, $3 their label, $4 instant.
update list_export set (approved_by, approved_label, approved_at) = ($2, $3, $4) where export_id = $1;

-- name: keep_export
-- $1 id, $2 SHA-256 of what was written, $3 children, $4 who, $5 instant.
update list_export set (sha256, children, written_by, written_at) = ($2, $3, $4, $5) where export_id = $1;
