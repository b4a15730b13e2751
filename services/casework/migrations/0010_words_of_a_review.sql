-- The wall around the words about a child asks for its review, open or closed: until now by reading all reviews.
create index review_person on review (person_id);
