-- Two more ways by which a record reaches a child (`domain.md` §2.3). Both are empty until an indicator reads by them.

-- The children in the care of the record's person by the record's own list, and from when to when.
alter table fact add column in_care uuid[];
alter table fact add column care_from date;
alter table fact add column care_to date;
create index fact_in_care on fact using gin (in_care) where in_care is not null;
create index fact_guardian on fact (person_id) where in_care is not null;

create table household (
    household_id uuid primary key,
    version integer not null
);
-- Half-open; a person may leave a household and come back.
create table member (
    household_id uuid not null,
    person_id uuid not null,
    valid_from date,
    valid_to date
);
create index member_household on member (household_id);
create index member_person on member (person_id);

-- A household that was put aside blocks all its members.
alter table held drop constraint held_pkey;
alter table held add primary key (event_id, person_id);

-- Half-open days; none where the end lies before the start, which no source is trusted not to say.
create function span(starts date, ends date) returns daterange language sql immutable parallel safe
return daterange(starts, case when ends < starts then starts else ends end);
