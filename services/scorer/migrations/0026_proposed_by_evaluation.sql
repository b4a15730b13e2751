-- A threshold that an evaluation proposes comes as a proposal, too (EVAL-03).
alter table ruleset drop constraint ruleset_origin_check;
alter table ruleset add constraint ruleset_origin_check check (origin in ('person', 'analysis', 'evaluation'));
