-- Registered members of staff (SEC-O2): one row, one person. Shared accounts do not exist.
create table staff (
    id uuid primary key,
    login text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    name text not null,
    section text not null,
    ward text,
    roles text[] not null check (cardinality(roles) > 0),
    training_valid_until date not null,
    active boolean not null default true,
    -- argon2id with its parameters.
    password_hash text not null,
    -- Shared with the person's authenticator (RFC 6238). Nothing but the role `identity` can read this schema.
    totp_secret text not null,
    -- The 30-second step of the last code that was used: a code seen over a shoulder is worth nothing.
    totp_last_step bigint not null default 0,
    -- Managing users, auditing them and seeing children never meet in one person (casework.md §2.3).
    check (not (roles && array['security_officer', 'privacy_officer'] and roles && array['ward_clerk', 'ward_lead', 'coordinator'])),
    -- The roles of a ward are held in a ward, the others nowhere in particular.
    check ((roles && array['ward_clerk', 'ward_lead']) = (ward is not null))
);

-- Sessions by the hash of their token: whoever reads this table cannot log in with it. The primary key on the person keeps one
-- session per person.
create table session (
    staff_id uuid primary key references staff (id),
    token_sha256 bytea not null unique check (length(token_sha256) = 32),
    opened_at timestamptz not null,
    seen_at timestamptz not null
);

-- Failed attempts by the hash of the login as it was typed: people type passwords into the wrong field.
create table failed_login (
    login_sha256 bytea primary key,
    failures integer not null,
    last_at timestamptz not null
);

-- Rights end the moment they are changed, not at the end of the session (ASVS 7.4.2).
create function end_session() returns trigger language plpgsql as $$
begin
    delete from session where staff_id = new.id;
    return null;
end
$$;
create trigger rights_changed after update of section, ward, roles, active, password_hash, totp_secret, training_valid_until on staff
for each row when (
    (old.section, old.ward, old.roles, old.active, old.password_hash, old.totp_secret, old.training_valid_until)
    is distinct from
    (new.section, new.ward, new.roles, new.active, new.password_hash, new.totp_secret, new.training_valid_until)
) execute function end_session();
