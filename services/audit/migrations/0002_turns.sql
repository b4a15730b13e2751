-- Whose turn it is to append, and to seal: rows that only the audit's login can lock. An advisory lock is anybody's: every login of
-- the database could hold it, and the log would stand still.
create table turn (name text primary key);
insert into turn (name) values ('append'), ('seal');
revoke insert, delete, truncate on turn from audit;

-- The size alone was the key: a forged row could take the place of the checkpoint still to come.
alter table checkpoint drop constraint checkpoint_pkey;
alter table checkpoint add primary key (size, note);
