-- Of a parked event the running service says that it is held, and later that it is held no more; so it is the service that carries
-- out what a person decided. `partition` is that on which the event was heard: it is tried again in turn with others of it.
alter table parked
    add column discarded boolean not null default false,
    add column partition smallint not null default 0;
