-- Who waited for a feed's watermark is found by item first: while a feed does not tell at all, every child waits for it, and a mark of another
-- feed read all of them.
create index evaluation_waiting_for on evaluation (item, needed_on) where superseded_at is null and needed_on is not null;
drop index evaluation_waiting;
