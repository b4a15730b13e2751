-- What people decided about numbers that are not in the register: `number` means `person_no` ('same'), or it does not ('other').
create table number_decision (
    number text not null,
    person_no text not null,
    verdict text not null check (verdict in ('same', 'other')),
    primary key (number, person_no)
);
create unique index number_decision_same on number_decision (number) where verdict = 'same';
