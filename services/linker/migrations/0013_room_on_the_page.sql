-- A person is written again when its kin are known: that finds room on the same page, and no index needs to hear of it.
alter table person set (fillfactor = 80);
