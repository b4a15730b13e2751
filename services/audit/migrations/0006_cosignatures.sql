-- What witnesses signed of the log's checkpoints (C2SP tlog-cosignature): `line` is the signature line, checked before it is kept. One that
-- covers an entry is why it cannot be taken out again unseen, by whoever has the log's key and its database.
create table cosignature (
    size bigint not null check (size > 0),
    witness text not null,
    -- The checkpoint as the log signed it; the line below is a signature of its text.
    note text not null,
    line text not null,
    at timestamptz not null,
    primary key (size, witness, line)
);
create trigger no_change before update or delete on cosignature for each row execute function refuse_change();
create trigger no_truncate before truncate on cosignature for each statement execute function refuse_change();
alter table cosignature enable always trigger no_change;
alter table cosignature enable always trigger no_truncate;
revoke update, delete, truncate on cosignature from audit;
