-- name: register
-- $1 id, $2 login, $3 name, $4 section, $5 ward, $6 roles, $7 training_valid_until, $8 password_hash, $9 totp_sealed.
-- Registered once; a second time changes everything but the id.
insert into staff (id, login, name, section, ward, roles, training_valid_until, password_hash, totp_sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (login) do update set
    name = excluded.name, section = excluded.section, ward = excluded.ward, roles = excluded.roles, active = true,
    training_valid_until = excluded.training_valid_until, password_hash = excluded.password_hash, totp_sealed = excluded.totp_sealed,
    totp_secret = null

-- name: id_of_login
-- $1 login.
select id from staff where login = $1

-- name: readable_secrets
-- Secrets that an older release wrote.
select id, totp_secret from staff where totp_secret is not null order by id for update

-- name: seal_secret
-- $1 staff id, $2 totp_sealed.
update staff set totp_sealed = $2, totp_secret = null where id = $1

-- name: staff_by_login
-- $1 login.
select id, login, name, section, ward, roles, training_valid_until, active, password_hash, totp_sealed from staff where login = $1

-- name: registered
-- $1 uuid[] ids, $2 text[] logins. Who they are, for whoever may read the audit log; whoever has left is told too.
select id, login, name, section, ward from staff where id = any($1::uuid[]) or login = any($2::text[])

-- name: of_ward
-- $1 ward, $2 today. Who of a ward may come in.
select id, login, name, section, ward from staff where ward = $1 and active and training_valid_until >= $2 order by section, name, login

-- name: accounts
-- Registrations that are not ended, for the check of every year.
select id, ward, roles, training_valid_until from staff where active order by login

-- name: everybody
-- Everybody who was ever registered, by login, for whoever may read the audit log.
select id, login, name, section, ward from staff order by login

-- name: use_code
-- $1 staff id, $2 step. Nothing comes back where that step, or a later one, was used before: the row decides, because two
-- requests with one code may come at once.
update staff set totp_last_step = $2 where id = $1 and totp_last_step < $2 returning id

-- name: lock_staff
-- $1 staff id. Logins of one person are opened one after the other; held to the commit.
select from staff where id = $1 for update

-- name: end_session
-- $1 staff id, $2 service, $3 why, $4 now, $5 idle seconds, $6 longest seconds, $7 sha256 of the token that this browser holds, or null.
-- Returns when the session was opened that somebody could still go on with, in another browser.
with ended as (
    update session set ended_why = $3, ended_at = $4 where staff_id = $1 and service = $2 and ended_why is null
    returning token_sha256, opened_at, seen_at
)
select max(opened_at) from ended
where token_sha256 is distinct from $7 and seen_at > $4::timestamptz - make_interval(secs => $5::float8)
  and opened_at > $4::timestamptz - make_interval(secs => $6::float8)

-- name: open_session
-- $1 sha256 of the token, $2 staff id, $3 service, $4 now, $5 whether by the city's provider.
insert into session (token_sha256, staff_id, service, opened_at, seen_at, by_provider) values ($1, $2, $3, $4, $4, $5)

-- name: know_subject
-- $1 staff id, $2 issuer, $3 mark of the provider's own name of the person, $4 now. The first one is kept; of whom it is kept under another
-- registration that lets somebody in, none: that person was given another login there.
insert into provider_subject (staff_id, issuer, subject_mark, known_at)
select $1::uuid, $2::text, $3::bytea, $4::timestamptz where not exists (
    select from provider_subject join staff on staff.id = staff_id where issuer = $2 and subject_mark = $3 and staff_id <> $1 and active
)
on conflict (staff_id) do nothing

-- name: is_subject
-- $1 staff id, $2 issuer, $3 mark. Whether that is the one that is kept.
select exists (select from provider_subject where staff_id = $1 and issuer = $2 and subject_mark = $3)

-- name: forget_subject
-- $1 staff id. Who is registered anew is known anew.
delete from provider_subject where staff_id = $1

-- name: see_session
-- $1 sha256 of the token, $2 service, $3 now, $4 idle seconds, $5 longest seconds, $6 today, $7 whether it is used. Finds the session that
-- is still good and notes that it was used, in one statement.
update session set seen_at = case when $7::boolean then $3::timestamptz else seen_at end from staff
where session.token_sha256 = $1 and session.service = $2 and session.ended_why is null and staff.id = session.staff_id
  and session.seen_at > $3::timestamptz - make_interval(secs => $4::float8) and session.opened_at > $3::timestamptz - make_interval(secs => $5::float8)
  and staff.active and staff.training_valid_until >= $6
returning staff.id, staff.login, staff.name, staff.section, staff.ward, staff.roles, session.opened_at, session.seen_at

-- name: ended_session
-- $1 sha256 of the token, $2 service.
select opened_at, seen_at, ended_why, ended_at from session where token_sha256 = $1 and service = $2

-- name: session_ended_by
-- $1 staff id, $2 service, $3 why, $4 when the session was opened that ended it. Returns when it was opened itself.
select max(opened_at) from session where staff_id = $1 and service = $2 and ended_why = $3 and ended_at = $4

-- name: close_session
-- $1 sha256 of the token, $2 why, $3 now.
update session set ended_why = $2, ended_at = $3 where token_sha256 = $1 and ended_why is null returning by_provider

-- name: sign_out
-- $1 login, $2 why, $3 now. In every service.
update session set ended_why = $2, ended_at = $3 from staff where staff.login = $1 and session.staff_id = staff.id and session.ended_why is null
returning session.service

-- name: purge_sessions
-- $1 opened no later.
delete from session where opened_at <= $1

-- name: known_places
-- $1 login, $2 bytea[] places, $3 known since. Which of them the person with that login came in from.
select known_place.place from known_place join staff on staff.id = known_place.staff_id
where staff.login = $1 and known_place.place = any($2::bytea[]) and known_place.seen_at > $3

-- name: know_places
-- $1 staff id, $2 bytea[] places, $3 now.
insert into known_place (staff_id, place, seen_at) select $1, place, $3 from unnest($2::bytea[]) as place order by place
on conflict (staff_id, place) do update set seen_at = excluded.seen_at

-- name: rename_place
-- $1 old place, $2 new place. For everybody who came in there.
update known_place set place = $2 where place = $1

-- name: hold_failures
-- $1 bytea[] keys in order, $2 now. Attempts that are counted by the same are weighed one after the other; held to the commit.
insert into failed_login (key, failures, last_at, forgotten_at)
select key, 0, $2, $2 from unnest($1::bytea[]) with ordinality as asked (key, place) order by place
on conflict (key) do update set last_at = failed_login.last_at
returning key, failures, last_at

-- name: keep_failures
-- $1 bytea[] keys, $2 float8[] failures, $3 now, $4 timestamptz[] forgotten at; one of each.
update failed_login set failures = counted.failures, last_at = greatest(failed_login.last_at, $3), forgotten_at = counted.forgotten_at
from unnest($1::bytea[], $2::float8[], $4::timestamptz[]) as counted (key, failures, forgotten_at)
where failed_login.key = counted.key

-- name: uncount_failure
-- $1 bytea[] keys.
update failed_login set failures = greatest(failures - 1, 0) where key = any($1::bytea[])

-- name: forget_failures
-- $1 bytea[] keys.
delete from failed_login where key = any($1::bytea[])

-- name: purge_failures
-- $1 now, $2 how many are kept at most.
delete from failed_login
where forgotten_at <= $1 or key in (select key from failed_login order by last_at desc, key offset $2::bigint)

-- name: purge_places
-- $1 seen no later.
delete from known_place where seen_at <= $1
