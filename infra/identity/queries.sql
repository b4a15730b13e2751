-- name: register
-- $1 id, $2 login, $3 name, $4 section, $5 ward, $6 roles, $7 training_valid_until, $8 password_hash, $9 totp_secret.
-- Registered once; a second time changes everything but the id.
insert into staff (id, login, name, section, ward, roles, training_valid_until, password_hash, totp_secret)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (login) do update set
    name = excluded.name, section = excluded.section, ward = excluded.ward, roles = excluded.roles, active = true,
    training_valid_until = excluded.training_valid_until, password_hash = excluded.password_hash, totp_secret = excluded.totp_secret

-- name: staff_by_login
-- $1 login.
select id, login, name, section, ward, roles, training_valid_until, active, password_hash, totp_secret, totp_last_step from staff where login = $1

-- name: registered
-- $1 uuid[] ids, $2 text[] logins. Who they are, for whoever may read the audit log; whoever has left is told too.
select id, login, name, section, ward from staff where id = any($1::uuid[]) or login = any($2::text[])

-- name: all_staff
select login, name, section, ward, roles, active from staff order by login

-- name: use_code
-- $1 staff id, $2 step. Nothing comes back where that step, or a later one, was used before: the row decides, because two
-- requests with one code may come at once.
update staff set totp_last_step = $2 where id = $1 and totp_last_step < $2 returning id

-- name: open_session
-- $1 staff id, $2 sha256 of the token, $3 now. The person's earlier session ends here.
insert into session (staff_id, token_sha256, opened_at, seen_at) values ($1, $2, $3, $3)
on conflict (staff_id) do update set token_sha256 = excluded.token_sha256, opened_at = excluded.opened_at, seen_at = excluded.seen_at

-- name: see_session
-- $1 sha256 of the token, $2 now, $3 idle seconds, $4 longest seconds, $5 today. Finds the session that is still good and
-- notes that it was used, in one statement.
update session set seen_at = $2::timestamptz from staff
where session.token_sha256 = $1 and staff.id = session.staff_id
  and session.seen_at > $2::timestamptz - make_interval(secs => $3::float8) and session.opened_at > $2::timestamptz - make_interval(secs => $4::float8)
  and staff.active and staff.training_valid_until >= $5
returning staff.id, staff.login, staff.name, staff.section, staff.ward, staff.roles

-- name: close_session
-- $1 sha256 of the token.
delete from session where token_sha256 = $1

-- name: lock_login
-- $1 sha256 of the login as typed. Attempts at one login are weighed one after the other; held to the commit.
select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 0))

-- name: failures
-- $1 sha256 of the login as typed.
select failures, last_at from failed_login where login_sha256 = $1

-- name: count_failure
-- $1 sha256 of the login as typed, $2 now. Counted in its own right: a crash afterwards must not give the attempt back.
insert into failed_login (login_sha256, failures, last_at) values ($1, 1, $2)
on conflict (login_sha256) do update set failures = failed_login.failures + 1,
    last_at = greatest(failed_login.last_at, excluded.last_at)

-- name: uncount_failure
-- $1 sha256 of the login as typed.
update failed_login set failures = failures - 1 where login_sha256 = $1 and failures > 0

-- name: forget_failures
-- $1 sha256 of the login as typed.
delete from failed_login where login_sha256 = $1
