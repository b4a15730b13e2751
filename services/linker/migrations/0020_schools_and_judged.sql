-- The schools of a child as each revision of its entry in the register of children of school age says them. The record itself has the newest
-- alone; a list of the school that a child has left must still find it there.
create table schooling (
    record_key uuid not null,
    revision bigint not null,
    effective_on date not null,
    school_code text not null,
    grade integer,
    primary key (record_key, revision)
);
insert into schooling (record_key, revision, effective_on, school_code, grade)
select key, revision, effective_on, data ->> 'school_code', (data ->> 'grade')::integer
from record
where event_type = 'school_register.changed'
  and data ->> 'school_code' is not null;

-- Which state of all that people judged of subjects this is: drawn anew with each judgement. Whoever has read that state need not read it
-- again for every parcel.
create table judged_version (
    only_one boolean primary key default true check (only_one),
    version uuid not null
);
insert into judged_version (version) values (gen_random_uuid());
