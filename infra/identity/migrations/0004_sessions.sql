-- One session per person and service, and why a session ended. Those of before belong to no service: everybody logs in anew.
drop table session;
create table session (
    -- The hash of the token: whoever reads this table cannot log in with it.
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    staff_id uuid not null references staff (id),
    service text not null,
    opened_at timestamptz not null,
    seen_at timestamptz not null,
    -- What ended it other than the time (infra/identity/lasting.py), and when, where that is known.
    ended_why text,
    ended_at timestamptz
);
create unique index session_open on session (staff_id, service) where ended_why is null;
create index on session (opened_at);

create or replace function end_session() returns trigger language plpgsql as $$
begin
    update identity.session set ended_why = 'rights_changed' where staff_id = new.id and ended_why is null;
    delete from identity.known_place where staff_id = new.id;
    return null;
end
$$;
