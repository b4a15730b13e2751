-- The purpose register as it was and is (LAW-02, ROLE-02): every step of a source's registration is a row, and nothing is overwritten, so that
-- the register of any past day can be read. Who proposed and who approved are two people; who suspends gives a reason.
create table register_step (
    source text not null,
    number integer not null check (number > 0),
    step text not null check (step in ('entered', 'proposed', 'approved', 'declined', 'suspended', 'resumed')),
    at timestamptz not null,
    -- Whoever did it, and as whom they were registered then; empty for what a release entered.
    by_staff uuid,
    by_label text,
    -- Of a decision on a proposal, its number; of a suspension or its end, why.
    proposal integer,
    why text,
    -- What is registered, or proposed to be.
    purpose text,
    basis text,
    nature text check (nature in ('temporary', 'standing')),
    reason text,
    approver text,
    owner_unit text,
    since date,
    review_on date,
    primary key (source, number),
    foreign key (source, proposal) references register_step (source, number),
    check ((step in ('approved', 'declined')) = (proposal is not null)),
    check ((step in ('suspended', 'resumed')) = (why is not null)),
    check (step = 'entered' or by_staff is not null),
    check ((by_staff is null) = (by_label is null)),
    check (
        step not in ('entered', 'proposed', 'approved')
        or (purpose, basis, nature, reason, approver) is not null and purpose <> '' and basis <> '' and reason <> '' and approver <> ''
    ),
    -- Of a proposal the first day is that on which it is approved.
    check ((step in ('entered', 'approved')) = (since is not null))
);

-- Exactly one unit holds and manages each source (ROLE-02); the names are those of the catalogue. Of a source that is not here the unit is
-- not known, and its feed is refused until a registration names it.
insert into register_step (source, number, step, at, purpose, basis, nature, reason, approver, owner_unit, since, review_on)
select
    source, 1, 'entered', since::timestamp at time zone 'Asia/Tokyo', purpose, basis, nature, reason, approver, unit.name, since, review_on
from source_registration
left join (
    values
        ('resident_registry', '住民記録所管課（市民局）'),
        ('public_assistance', '保護所管課（福祉局）'),
        ('maternal_child_health', '母子保健所管課（こども未来局）'),
        ('child_allowances', '手当所管課（こども未来局）'),
        ('special_child_allowance', '障がい福祉所管課（福祉局）'),
        ('single_parent_loan', '貸付所管課（こども未来局）'),
        ('childcare', '保育所管課（こども未来局）'),
        ('medical_subsidy', '医療費助成所管課（こども未来局）'),
        ('disability', '障がい福祉所管課（福祉局）'),
        ('long_term_care', '介護保険所管課（福祉局）'),
        ('pupil_registry', '学籍所管課（教育委員会）'),
        ('school_affairs', '校務所管課（教育委員会）'),
        ('lifestyle_learning_survey', '学力・生活習慣調査所管課（教育委員会）'),
        ('school_aid', '就学援助所管課（教育委員会）'),
        ('school_lunch_fee', '学校給食所管課（教育委員会）'),
        ('child_consultation', 'こども総合相談センター（児童相談所）')
) as unit (source, name) using (source);

-- What holds now follows from the steps: there is no second place that could say something else.
drop table source_registration;
create view source_registration as
select
    held.source, held.purpose, held.basis, held.nature, held.reason, held.approver, held.owner_unit, held.since, held.review_on,
    coalesce(stood.step = 'suspended', false) as suspended
from (
    select distinct on (source) * from register_step where step in ('entered', 'approved') order by source, number desc
) as held
left join (
    select distinct on (source) source, step from register_step where step in ('suspended', 'resumed') order by source, number desc
) as stood using (source);

-- Of which sources a person of their owner's unit sees what became of them (ROLE-06): each grant and its end is a row.
create table owner_step (
    staff_id uuid not null,
    staff_label text not null,
    source text not null,
    number integer not null check (number > 0),
    granted boolean not null,
    at timestamptz not null,
    -- The coordinator who decided; empty for what a demonstration brings.
    by_staff uuid,
    by_label text,
    why text not null,
    primary key (staff_id, source, number),
    -- Nobody decides about their own rights.
    check (by_staff is distinct from staff_id)
);

create view data_owner as
select staff_id, source
from (select distinct on (staff_id, source) * from owner_step order by staff_id, source, number desc) as stood
where granted;

create function keep_every_step() returns trigger language plpgsql as $$
begin
    raise exception 'a step that was taken stays: the next one is another row';
end
$$;
create trigger no_change before update or delete on register_step for each statement execute function keep_every_step();
create trigger no_change before update or delete on owner_step for each statement execute function keep_every_step();
