-- News of children whom nobody has evaluated since. Whoever hears only inserts here, and whoever evaluates deletes what it saw: neither
-- ever waits for the other, as they did where both wrote to `due`. The news is saved with the facts that it tells of, so that whoever
-- sees the one sees the other, and a crash forgets nobody.
create table news (
    person_id uuid not null,
    told_at timestamptz not null default clock_timestamp()
);
create index news_person on news (person_id);
-- It is empty or small, and written all day long: what is dead goes when it is a few pages, not with a share of nothing.
alter table news set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 100000);

-- Of whom the ward was told that people should look: news of them does not wait.
create index review_signal_needed on review_signal (ruleset, person_id) where needed;
