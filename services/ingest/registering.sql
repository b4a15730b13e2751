-- The purpose register: read on any day, and what people do to it. Steps are only ever added.

-- name: registrations
-- $1 text[] sources, $2 timestamptz or null. The register as it stands, or as it stood then: what was last entered or approved of each source,
-- whether it was suspended, how many steps had been taken, and the proposal that waited, if one did. As it stands it is by the order of the
-- steps alone, whatever a clock says.
with taken as (
    select * from register_step where source = any($1::text[]) and ($2::timestamptz is null or at <= $2)
)
select
    held.source, held.purpose, held.basis, held.nature, held.reason, held.approver, held.owner_unit, held.since, held.review_on,
    held.by_label as approved_by, asked.by_label as proposed_by, coalesce(stood.step = 'suspended', false) as suspended,
    stood.at as stood_at, stood.by_label as stood_by, stood.why, newest.number as version, waiting.number as proposal,
    proposed.by_staff as proposer
from (select distinct on (source) * from taken where step in ('entered', 'approved') order by source, number desc) as held
left join taken as asked on (asked.source, asked.number) = (held.source, held.proposal)
left join (
    select distinct on (source) * from taken where step in ('suspended', 'resumed') order by source, number desc
) as stood on stood.source = held.source
join (select source, max(number) as number from taken group by source) as newest on newest.source = held.source
left join (
    select source, max(number) as number from taken as asked
    where step = 'proposed' and not exists (select from taken as done where (done.source, done.proposal) = (asked.source, asked.number))
    group by source
) as waiting on waiting.source = held.source
left join taken as proposed on (proposed.source, proposed.number) = (waiting.source, waiting.number)
order by held.source

-- name: history
-- $1 text source. Every step, newest first.
select number, step, at, by_staff, by_label, proposal, why, purpose, basis, nature, reason, approver, owner_unit, since, review_on
from register_step where source = $1 order by number desc

-- name: lock_source
-- $1 text source. Steps of one source are taken one after the other; held to the commit.
select pg_advisory_xact_lock(hashtext('ingest.register'), hashtext($1))

-- name: take_step
-- $1 text source, $2 text step, $3 timestamptz, $4 uuid whose and $5 text as whom, $6 int proposal, $7 text why, $8 purpose, $9 basis,
-- $10 nature, $11 reason, $12 approver, $13 owner unit, $14 date since, $15 date review. Returns its number.
insert into register_step (
    source, number, step, at, by_staff, by_label, proposal, why, purpose, basis, nature, reason, approver, owner_unit, since, review_on
)
select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from register_step where source = $1
returning number
