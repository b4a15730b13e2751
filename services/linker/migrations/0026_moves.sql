-- The days on which a person moved, within a ward too (`domain.md` §2.6, frequent_moves). Of who was saved before, they are told as soon as
-- the register says anything of the person again.
alter table person add column moves date[] not null default '{}';
