-- Simulations that people asked for.

-- name: ask
-- $1 ruleset, $2 instant, $3 who, $4 their label, $5 the actor as JSON, $6 roles.
insert into simulation_asked (ruleset, asked_at, by_staff, by_label, actor, roles) values ($1, $2, $3, $4, $5::text::jsonb, $6);

-- name: last
-- $1 ruleset.
select asked_at, by_label, ended_at, failed from simulation_asked where ruleset = $1 order by number desc limit 1;

-- name: anybody_waits
select exists (select from simulation_asked where ended_at is null);

-- name: claim
-- The oldest that is not done, and that no other process is at.
select number, ruleset, by_staff, by_label, actor::text as actor, roles from simulation_asked
where ended_at is null order by number limit 1 for update skip locked;

-- name: end
-- $1 number, $2 instant, $3 whether it failed.
update simulation_asked set (ended_at, failed) = ($2, $3) where number = $1;
