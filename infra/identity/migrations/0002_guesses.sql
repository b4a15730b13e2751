-- Failures are counted by login and address, by address alone, by login alone and by known browser (infra/decisions/0016). `key` is a
-- keyed hash of what is counted: people type passwords into the wrong field, and an address is somebody's desk.
drop table failed_login;
create table failed_login (
    key bytea primary key check (length(key) = 32),
    -- Failures that are not forgiven yet, as of `last_at`; some is forgiven with every second.
    failures double precision not null check (failures >= 0),
    last_at timestamptz not null,
    -- From when on the row says nothing any more.
    forgotten_at timestamptz not null
);
create index on failed_login (forgotten_at);

-- Browsers and addresses from which a person came in. What others do elsewhere does not keep the person out there.
create table known_place (
    staff_id uuid not null references staff (id),
    -- A keyed hash of the address, or of what the browser keeps in a cookie.
    place bytea not null check (length(place) = 32),
    seen_at timestamptz not null,
    primary key (staff_id, place)
);
create index on known_place (place);
create index on known_place (seen_at);

-- Whoever had the old password is known nowhere any more.
create or replace function end_session() returns trigger language plpgsql as $$
begin
    delete from session where staff_id = new.id;
    delete from known_place where staff_id = new.id;
    return null;
end
$$;
