-- Nobody asks for the case of a person here.
drop index case_state_person;
