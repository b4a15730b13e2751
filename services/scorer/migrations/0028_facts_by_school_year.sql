-- Facts of a person by the school year up to which they are asked for. What schools say of years that are over is the most of what is held of a
-- pupil, and of no use to an answer of today: by the person alone each of these rows was fetched and thrown away.

-- The school year of a month at school and of who is a pupil; of all else, and of what names no such year, one that is never over.
create function asked_until(event_type text, data jsonb) returns integer language sql immutable parallel safe
return case
    when event_type in ('attendance.month_reported', 'pupil.registered') and data -> 'fiscal_year' between '0'::jsonb and '9999'::jsonb
    then trunc((data ->> 'fiscal_year')::numeric)::integer else 9999
end;

create index fact_person_year on fact (person_id, asked_until(event_type, data)) where operation = 'upsert';
drop index fact_person;
