-- Holders are named and ended on a page: who each is, who named them, and how it was checked that they are no relative of the opponent.
alter table whereabouts_holder
    add column staff_name text,
    add column staff_place text,
    add column named_by_name text,
    add column checked text;
