-- What is forgotten is looked for together with what is too much: the table is read whole for that, and bounded by it.
drop index failed_login_forgotten_at_idx;
