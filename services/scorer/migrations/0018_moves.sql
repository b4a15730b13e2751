-- The days on which a person moved (`domain.md` §2.6, frequent_moves); null where they were not told.
alter table person add column moves date[];

-- Items that are new are answered of everybody: all have news.
insert into news (person_id) select person_id from due;
