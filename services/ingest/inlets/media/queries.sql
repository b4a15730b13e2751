-- Registered media and signers, and the batches that came. These tables are small: a row a bundle.

-- name: signer
-- $1 text signer.
select signer_id, public_key, sources, revoked_at from media_signer where signer_id = $1

-- name: medium
-- $1 text medium.
select medium_id, withdrawn_at from medium where medium_id = $1

-- name: signers
select signer_id, label, sources, registered_at, revoked_at from media_signer order by signer_id

-- name: media
-- Each with the oldest batch that was brought on it and is not erased, if there is one.
select m.medium_id, m.registered_at, m.withdrawn_at, min(b.brought_at) as not_erased_since
from medium m left join media_batch b on b.medium_id = m.medium_id and b.erased_at is null
group by m.medium_id order by m.medium_id

-- name: register_signer
-- $1 text signer, $2 bytea public key, $3 text[] sources, $4 text label, $5 timestamptz. A signer that is known is given these sources.
insert into media_signer (signer_id, public_key, sources, label, registered_at) values ($1, $2, $3, $4, $5)
on conflict (signer_id) do update set sources = excluded.sources, label = excluded.label, revoked_at = null

-- name: revoke_signer
-- $1 text signer, $2 timestamptz.
update media_signer set revoked_at = $2 where signer_id = $1 and revoked_at is null returning signer_id

-- name: register_medium
-- $1 text medium, $2 timestamptz. Returns it if it is new.
insert into medium (medium_id, registered_at) values ($1, $2) on conflict (medium_id) do nothing returning medium_id

-- name: withdraw_medium
-- $1 text medium, $2 timestamptz.
update medium set withdrawn_at = $2 where medium_id = $1 and withdrawn_at is null returning medium_id

-- name: batches_of
-- $1 text source, $2 text signer: the numbers that are known of them.
select digest, batch_id, sequence, state from media_batch where source = $1 and signer_id = $2 order by sequence

-- name: batch_named
-- $1 uuid batch: the one of this name that was taken, whoever signed it.
select digest from media_batch where batch_id = $1 and state <> 'refused'

-- name: files_before
-- $1 text source, $2 text signer, $3 int sequence, $4 text[] event types. What was taken of these kinds before that number, and how many
-- numbers lie between that were never taken.
select f.event_type, f.sha256, b.sequence, $3 - b.sequence - 1 - (
    select count(*) from media_batch x
    where x.source = $1 and x.signer_id = $2 and x.state = 'imported' and x.sequence > b.sequence and x.sequence < $3
) as missing
from media_batch b join media_file f using (digest)
where b.source = $1 and b.signer_id = $2 and b.state = 'imported' and b.sequence < $3 and f.event_type = any($4)
order by b.sequence desc

-- name: begin_batch
-- $1 bytea digest, $2 uuid batch, $3 text source, $4 text signer, $5 int sequence, $6 text medium, $7 timestamptz made at, $8 date complete
-- through, $9 text state, $10 text operator, $11 text verifier, $12 timestamptz now. One that was refused may be taken later; of one that
-- was broken off it stays known who brought it first.
insert into media_batch (
    digest, batch_id, source, signer_id, sequence, medium_id, made_at, complete_through, state, operator, verifier, brought_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (digest) do update
set state = excluded.state, operator = excluded.operator, verifier = excluded.verifier, brought_at = excluded.brought_at,
    erased_at = null, erased_by = null
where media_batch.state = 'refused'

-- name: keep_files
-- $1 bytea digest, $2 text[] names, $3 text[] event types, $4 bytea[] hashes, $5 int[] rows.
insert into media_file (digest, name, event_type, sha256, rows)
select $1, * from unnest($2::text[], $3::text[], $4::bytea[], $5::int[])
on conflict (digest, name) do nothing

-- name: end_batch
-- $1 bytea digest, $2 timestamptz, $3 int rows, $4 jsonb how many of them came to what.
update media_batch set state = 'imported', imported_at = $2, rows = $3, outcomes = $4::jsonb
where digest = $1 and state = 'importing' returning digest

-- name: batch
-- $1 uuid batch: the newest of this name. One that was refused and came again, mended, has another digest.
select digest, batch_id, source, sequence, medium_id, made_at, state, operator, verifier, brought_at, imported_at, rows, outcomes, erased_at
from media_batch where batch_id = $1 order by brought_at desc, digest limit 1

-- name: files_of
-- $1 bytea digest.
select name, rows from media_file where digest = $1 order by name

-- name: complete_through
-- $1 text source. Up to which day all who sign for it have said everything; null where one of them has not said so yet.
select case when bool_and(said.through is not null) then min(said.through) end
from media_signer s
left join lateral (
    select max(b.complete_through) as through from media_batch b
    where b.source = $1 and b.signer_id = s.signer_id and b.state = 'imported'
) said on true
where $1 = any(s.sources) and s.revoked_at is null

-- name: batches
-- $1 text source or null, $2 int limit. Newest first.
select batch_id, source, signer_id, sequence, medium_id, made_at, state, operator, verifier, brought_at, imported_at, rows, erased_at, erased_by
from media_batch where $1::text is null or source = $1 order by brought_at desc, batch_id limit $2

-- name: erase
-- $1 text medium, $2 timestamptz, $3 text by whom. Returns how many batches were on it.
with gone as (
    update media_batch set erased_at = $2, erased_by = $3 where medium_id = $1 and erased_at is null returning digest
)
select count(*) from gone

-- name: unerased
-- Media that wait to be erased.
select medium_id, min(brought_at) as since, array_agg(distinct source) as sources
from media_batch where erased_at is null group by medium_id order by medium_id

-- name: overdue
-- $1 timestamptz: media with a batch that was brought before it and is not erased.
select medium_id, min(brought_at) as since from media_batch
where erased_at is null and brought_at < $1 group by medium_id order by medium_id

-- name: broken_off
-- $1 timestamptz: batches whose import began before it and has not ended.
select batch_id, source from media_batch where state = 'importing' and brought_at < $1 order by batch_id
