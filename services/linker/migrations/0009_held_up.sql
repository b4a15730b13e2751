-- How often it was said of a record that it is held up, or is not any more: its hearer keeps the newest.
create table held_up (
    source text not null,
    event_type text not null,
    record_id text not null,
    version integer not null,
    primary key (source, event_type, record_id)
);
