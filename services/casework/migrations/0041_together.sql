-- One visit, or one conference, of several children of a household (S12): a row for each child's case, with one id.
alter table case_move add column together uuid;
