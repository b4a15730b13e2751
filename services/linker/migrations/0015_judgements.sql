-- Who is the same person, as people (and later rules and weights) judged: rows are only ever added, and one more takes another one's place.
-- `one` and `other` are subjects (`domain/subjects.py`): 'entry:' or 'number:' and a 宛名番号. `one` is whose id stays.
create table judgement (
    judgement_id uuid primary key,
    one text not null,
    other text not null,
    word text not null check (word in ('same', 'not_same')),
    judged_by text not null check (judged_by in ('clerk', 'rule', 'weights')),
    basis text not null,
    supersedes uuid unique,
    judged_at timestamptz not null,
    check (one <> other)
);
revoke update, delete on judgement from linker;

-- The subjects that were ever judged of: the person's id that each was given when it was first seen, and whose it is now. A number that is
-- nobody's by judgement has no person here: it is that of the register's entry under it. `version` counts the changes of hands.
create table subject (
    subject text primary key,
    given_id uuid,
    person_id uuid,
    version integer not null default 0
);

-- What people decided about numbers so far was kept as it held last. Who had decided, and when, the audit log says.
insert into judgement (judgement_id, one, other, word, judged_by, basis, judged_at)
select gen_random_uuid(), 'entry:' || person_no, 'number:' || number, case verdict when 'same' then 'same' else 'not_same' end, 'clerk',
       'number_decided', now()
from number_decision;

insert into subject (subject, given_id, person_id)
select 'entry:' || person_no, person_id, person_id from person where person_no in (select person_no from number_decision where verdict = 'same')
union all
select 'number:' || number, former.person_id, person.person_id
from number_decision as decided
join person using (person_no)
left join person as former on former.person_no = decided.number
where verdict = 'same';

drop table number_decision;
