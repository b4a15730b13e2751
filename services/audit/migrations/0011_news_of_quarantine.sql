-- What is set aside has a place in the order in which it came (nobody sets anything aside but whoever holds the turn to append, to the commit),
-- and the work queue remembers how far it has read: it looks every few seconds, and a service without its key sets aside all that it tells.
alter table quarantine add column number bigint generated always as identity;
alter table quarantine add unique (number);

-- Whoever sets it back has it read again, and nothing is found twice.
create table collected (
    what text primary key,
    upto bigint not null
);
