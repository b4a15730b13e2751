-- The health section may name the children of a pregnancy and no mother (`domain.md` §2.8-3).
alter table delivery alter column mother_id drop not null;
