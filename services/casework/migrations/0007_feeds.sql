-- Up to which day each source has delivered: so that a list into which nothing comes any more says so. Nothing of anybody is in it.
create table feed (
    source text primary key,
    complete_through date not null
);
