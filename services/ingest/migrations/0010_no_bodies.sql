-- What a record said was kept beside its hash, and read for one question: which texts hold characters that nobody else may be able to read.
-- So places are kept, [[path, code], ...], found as a record is taken, and no text: what goes on says it, the ledger knows it by its hash.
-- Which event it came with, and of when it is, nobody asked either.
alter table record add column doubts jsonb;

update record set doubts = found.doubts
from (
    select source, event_type, record_id, jsonb_agg(jsonb_build_array(said.key, doubt.code) order by said.key, doubt.code) as doubts
    from record
    cross join jsonb_each_text(data) as said
    join (
        values
            ('private_use_character', U&'[\E000-\F8FF\+0F0000-\+0FFFFD\+100000-\+10FFFD]'),
            ('geta_mark', U&'\3013')
    ) as doubt (code, pattern) on said.value ~ doubt.pattern
    group by source, event_type, record_id
) as found
where (record.source, record.event_type, record.record_id) = (found.source, found.event_type, found.record_id);

create index record_doubtful on record (source, event_type, record_id) where doubts is not null;

-- Readable by nobody from here on; the disk has it until a row is next written, or the table (`vacuum full`).
alter table record drop column data, drop column effective_on, drop column recorded_at, drop column event_key;
alter table watermark drop column event_key;
