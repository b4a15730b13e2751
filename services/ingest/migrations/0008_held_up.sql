-- Which records are held up on their way to a person, as the linker says (`state` is empty where one is not any more): for their sources.
create table held_up (
    source text not null,
    event_type text not null,
    record_id text not null,
    revision bigint not null,
    version integer not null,
    state text check (state in ('waiting', 'review')),
    reason text,
    primary key (source, event_type, record_id)
);
