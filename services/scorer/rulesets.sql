-- Rulesets as the city keeps them: documents, steps, and what it ran by. Nothing here is ever changed.

-- name: change_programme
-- Whoever lets another ruleset take over holds this lock alone (`hold_watermarks`): nobody is judged by the old one afterwards.
select pg_advisory_xact_lock(hashtext('scorer.programme'));

-- name: programme_in_use
-- The newest one.
select since, day, ruleset, items, document from programme_used order by number desc limit 1;

-- name: programme_at
-- $1 instant: the one by which the city ran just before it.
select since, day, ruleset, items, document from programme_used where since < $1 order by number desc limit 1;

-- name: use_programme
-- $1 instant, $2 day, $3 name, $4 items, $5 document.
insert into programme_used (since, day, ruleset, items, document) values ($1, $2, $3, $4, $5);

-- name: lock_ruleset
-- $1 name: whoever else takes a step of it waits for the commit.
select pg_advisory_xact_lock(hashtext('ruleset'), hashtext($1));

-- name: save_ruleset
-- $1 name, $2 document, $3 origin, $4 grounds.
insert into ruleset (name, document, origin, grounds) values ($1, $2, $3, $4);

-- name: take_step
-- $1 ruleset, $2 step, $3 instant, $4 who, $5 their label, $6 the first day, $7 numbers.
insert into ruleset_step (ruleset, step, at, by_staff, by_label, effective_from, summary) values ($1, $2, $3, $4, $5, $6, $7::jsonb);

-- name: rulesets
-- All of them.
select name, document, origin, grounds from ruleset order by name;

-- name: steps
-- Every step of every ruleset, in order.
select ruleset, step, at, by_staff, by_label, effective_from from ruleset_step order by number;

-- name: uses
-- $1 ruleset: since when the city ran by it. A switch of an item begins a use anew: it counts from the first.
select since from (
    select since, ruleset, number, lag(ruleset) over (order by number) as before from programme_used
) as runs where ruleset = $1 and before is distinct from ruleset order by number;

-- name: last_summary
-- $1 ruleset: the numbers of its last simulation.
select at, summary::text as summary from ruleset_step where ruleset = $1 and step = 'simulated' order by number desc limit 1;
