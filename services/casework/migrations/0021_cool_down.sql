-- For how long after a review that asked in vain the ruleset asks for no other (domain.md §2.7); null where an older release told the word.
alter table review_word add column cool_down_days integer;
