-- The day from which a person does not live in the city any more (half-open), as the register tells it; a cancelled departure empties it.
alter table whereabouts add column left_on date;
-- What a list says of it: of a protected child nothing.
alter table review add column left_on date;
