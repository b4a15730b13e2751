-- Verifications of what was added since the last one, beside full ones; gaps that an operator explained are said, not counted as findings.
alter table verification add column is_full boolean not null default true, add column explained integer not null default 0;
