-- How the feed of each source stands, as ingest says: a list must say that nothing comes any more, also where somebody stopped it.
create table feed_state (
    source text primary key,
    standing text not null,
    since date not null,
    version integer not null
);
