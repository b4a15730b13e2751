-- Whether the scorer was told that a request was drawn: what was drawn before there was a word for it is told now, once (EVAL-02). By two
-- defaults, because no row is seen here.
alter table sample add column told boolean not null default false;
alter table sample alter column told set default true;
create index sample_untold on sample (event_id) where not told;
