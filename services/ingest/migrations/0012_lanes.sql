-- Processes that admit side by side: each admission takes a lane, whoever must be alone takes all of them. Rows, because a lock by number
-- could be held up by other logins; sixteen, because no more processes than that admit at once.
create table admission_lane (lane smallint primary key);
insert into admission_lane (lane) select generate_series(0, 15);
