-- A record's data is stored and read back whole, never searched: the text form costs less than the binary one.
alter table record alter column data type json using data::json;

-- Only the check that nothing is unaccounted for looks decisions up by record, and it reads them all.
drop index link_decision_record;
