-- Whom the city's OpenID provider knows (`casework.md` §4.1): its own lasting name of a person, kept at that person's first login by it. A login
-- name that is given to somebody else later is not theirs.
create table provider_subject (
    staff_id uuid primary key references staff (id),
    issuer text not null,
    subject_mark bytea not null,
    known_at timestamptz not null
);
-- Which sessions began there: whoever logs out is told how to leave the provider, too.
alter table session add column by_provider boolean not null default false;
