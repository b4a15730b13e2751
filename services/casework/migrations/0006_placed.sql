-- What places a child in the list stands with the review, kept current together with who may see it: a list of thousands is ordered, and
-- the menu counts, without asking the wall around each person once more.
select set_config('tsunagu.actor', 'system', true);

alter table review add column birth_date date;
alter table review add column household_id uuid;
update review set birth_date = person.birth_date, household_id = person.household_id from person where person.person_id = review.person_id;

select set_config('tsunagu.actor', '', true);
