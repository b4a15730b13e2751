-- How far each rule against misuse has looked: how large the log was, and when. Whoever sets it back has findings looked for again, and
-- none found twice.
create table misuse_progress (
    rule text primary key,
    size bigint not null,
    at timestamptz not null
);

-- The few looks that nothing entitled to but the right itself, of years: rules compare with all of them.
create index entry_without_relation on entry (ts, idx) where relation = 'none' and decision = 'permit' and thing_kind in ('child', 'adult');
create index entry_refused on entry (ts, idx) where decision = 'deny';
