-- What is set aside because its producer did not say it may bear any id, also one that stands here already: it must not hide behind that.
-- `said` is the hash of what was told and signed, without when the log received it; it is empty for what contradicts an entry, as before.
alter table quarantine add column said bytea not null default '' check (length(said) in (0, 32));
alter table quarantine drop constraint quarantine_pkey;
alter table quarantine add primary key (event_id, said);

-- What producers told of their last numbers, newest last (a minute each, for an hour). Not evidence: whoever takes a row out hears the next
-- one in a minute. `leaf` is what was told, in the form of an entry, with its signature.
create table roll (
    id bigint generated always as identity,
    producer text not null,
    heard timestamptz not null,
    leaf bytea not null,
    primary key (producer, id)
);
