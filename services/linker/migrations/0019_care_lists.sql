-- The numbers, without leading zeros, of the children that a record lists in its person's care (`domain/care.py`), so that the lists which name
-- somebody are found. What is held is decided again with the next record that concerns it.
alter table record add column care_nos text[];
update record set care_nos = array(select ltrim(number, '0') from json_array_elements_text(data -> 'child_no') as listed (number))
where event_type in ('allowance.entitlement_changed', 'loan.changed') and json_typeof(data -> 'child_no') = 'array'
  and json_array_length(data -> 'child_no') > 0;
create index record_care on record using gin (care_nos) with (fastupdate = off) where care_nos is not null;

alter type saved_record add attribute care_nos text[];
