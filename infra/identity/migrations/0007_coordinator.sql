-- こども家庭課 leads the whole (ROLE-01): its coordinator is of that section. Whoever was registered otherwise before stays until registered anew.
alter table staff add constraint coordinator_is_of_the_division
    check (not roles && array['coordinator'] or section = 'child_family_division') not valid;
