-- Where somebody lives is written twice, with the person and with the name: the second time finds room on the page of the first, and no
-- index needs to hear of it.
alter table whereabouts set (fillfactor = 70);
