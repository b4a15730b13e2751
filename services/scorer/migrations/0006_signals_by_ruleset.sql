-- What the ward was last told is kept by child and ruleset: a ruleset on trial, or the next one, stands beside the one in use.
alter table review_signal drop constraint review_signal_pkey;
alter table review_signal add primary key (person_id, ruleset);
