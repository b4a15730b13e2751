-- The number that a record names, so that what is held is found again by numbers that are equal but for leading zeros: such a record is
-- never linked by guess, and never ignored (`domain.md` §2.8-2).
alter table record add column subject_no text;
update record set subject_no = coalesce(data ->> 'mother_person_no', data ->> 'person_no') where state in ('waiting', 'review');
create index record_open_number on record (ltrim(subject_no, '0')) where state in ('waiting', 'review');
create index record_open_subject on record (subject_id) where state in ('waiting', 'review');
create index person_number_bare on person (ltrim(person_no, '0'));
create index person_birth_date on person (birth_date) where registered;

-- By whom the revisions that hold no longer were about, and when those were born.
create index statement_subject on statement (subject_id);
create index statement_birth_date on statement ((data ->> 'birth_date'));
