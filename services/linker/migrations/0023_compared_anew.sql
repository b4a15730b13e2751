-- A row that is to be decided again: what it is compared with is another one (`rematching/`). In order of the pupils, so that it goes on where
-- it was stopped.
alter table roster_row add column stale boolean not null default false;
create index roster_row_pupil on roster_row (pupil);
