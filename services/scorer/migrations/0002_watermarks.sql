-- On which partitions a watermark has come by, behind the facts of that partition. It counts once it has come by on all of them.
create table watermark_seen (
    source text not null,
    complete_through date not null,
    event_id uuid not null,
    primary key (source, complete_through, event_id)
);
