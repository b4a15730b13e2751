-- How the feed of each source stands, as it was last announced (`FeedState`).
create table feed_state (
    source text primary key,
    state text not null,
    since date not null,
    version integer not null
);
