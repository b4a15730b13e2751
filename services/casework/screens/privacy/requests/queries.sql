-- Requests for disclosure, correction and suspension. Every word of one is a row.

-- name: next_number
-- Who was refused afterwards leaves a gap.
select nextval('privacy_request_number')

-- name: receive
-- $1 request_id, $2 number, $3 kind, $4 received on, $5 capacity, $6 requester, $7 subject, $8 what is wanted, $9 disclosed on or null. Pressed
-- twice, it is one.
insert into privacy_request (request_id, number, kind, received_on, capacity, requester, subject, wanted, disclosed_on)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning number

-- name: was_received
-- $1 to $8: as above, without the number. Whether this is what was received by the id.
select exists (
    select from privacy_request
    where request_id = $1 and (kind, received_on, capacity, requester, subject, wanted) = ($2, $3, $4, $5, $6, $7)
    and disclosed_on is not distinct from $8
)

-- name: requests
-- $1 how many. Those that are not over, and of the others those that were received last; each with its words, the first word first.
select request.*, (
    select json_agg(to_json(word) order by word.version) from privacy_request_word as word where word.request_id = request.request_id
)::text as words
from privacy_request as request
order by exists (
    select from privacy_request_word as word
    where word.request_id = request.request_id and word.does in ('carry_out', 'withdraw', 'transfer')
), received_on desc, number desc limit $1

-- name: request
-- $1 request_id.
select request.*, (
    select json_agg(to_json(word) order by word.version) from privacy_request_word as word where word.request_id = request.request_id
)::text as words
from privacy_request as request where request_id = $1

-- name: write
-- $1 request_id, $2 version, $3 what is done, $4 details as JSON, $5 version and $6 staff id of the proposal that is decided on, or null,
-- $7 now, $8 staff id, $9 staff name. Whoever comes second writes nothing.
insert into privacy_request_word (request_id, version, does, details, of_version, of_staff, made_at, made_by, made_by_name)
values ($1, $2, $3, $4::text::json, $5, $6, $7, $8, $9) on conflict do nothing returning version

-- name: find_person
-- $1 number in the register, $2 birth date or null. Who has them; nobody where several do.
select min(person_name.person_id::text)::uuid from person_name join person on person.person_id = person_name.person_id
where person_name.person_no = $1 and ($2::date is null or person.birth_date = $2)
    and not exists (select from person_alias where absorbed_id = person.person_id and survivor_id is not null)
having count(*) = 1

-- name: tie
-- $1 request_id, $2 person_id or null, $3 person_id of whoever asks, or null, $4 and $5 whether each was looked for. As the system.
insert into privacy_request_person (request_id, person_id, requester_id) values ($1, $2, $3)
on conflict (request_id) do update set
    person_id = case when $4::bool then excluded.person_id else privacy_request_person.person_id end,
    requester_id = case when $5::bool then excluded.requester_id else privacy_request_person.requester_id end

-- name: shield
-- $1 request_id. As the system: whether anything is held of the child, whether a measure protects it, and whether whoever asks stands on
-- the opponent's side: is one, or lives with one. Whom people took for the same person is the child, or who asks, too.
with tied as (
    select one.whose, coalesce(alias.survivor_id, one.person_id) as person_id
    from privacy_request_person as kept cross join lateral (values ('child', kept.person_id), ('asker', kept.requester_id)) as one (whose, person_id)
    left join person_alias as alias on alias.absorbed_id = one.person_id
    where kept.request_id = $1 and one.person_id is not null
), known_as as (
    select whose, person_id from tied
    union
    select tied.whose, alias.absorbed_id from tied join person_alias as alias on alias.survivor_id = tied.person_id
), child as (
    select person_id from known_as where whose = 'child'
), asker as (
    select known_as.person_id, person.household_id from known_as left join person using (person_id) where whose = 'asker'
)
select array(select person_id from child) as persons,
    exists (select from review join child on child.person_id = review.person_id) as held,
    exists (select from person join child on child.person_id = person.person_id where person.protected) as protected,
    exists (
        select from measured join child on child.person_id = measured.person_id and not measured.opponent
        join measured as opponent on opponent.measure_id = measured.measure_id and opponent.opponent
        left join person as theirs on theirs.person_id = opponent.person_id
        join asker on opponent.person_id = asker.person_id or theirs.household_id = asker.household_id
    ) as opponents_side
