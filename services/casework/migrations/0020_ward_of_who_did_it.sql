-- Of which ward whoever did something with a case was: after a hand-over its past is that of two.
alter table case_move add column by_ward text;
