-- What the register's codes of the parts of the town are called: a city's own table, loaded by its operator. Where somebody lives is not in it.
create table town (
    address_code text primary key,
    name text not null
);
