-- A case changes its owner by hand-over alone: offered, and then accepted, returned or revoked (casework.md §2.5).
create table handover (
    handover_id uuid primary key,
    case_id uuid not null references cases (case_id),
    person_id uuid not null,
    destination text not null check (destination in ('ward', 'guidance_center', 'other_city')),
    from_ward text not null,
    to_ward text,
    status text not null check (status in ('offered', 'accepted', 'returned', 'revoked')),
    offered_at timestamptz not null,
    -- Nobody: the register tells that the child lives elsewhere.
    offered_by uuid,
    offered_by_name text,
    due_on date not null,
    why text not null,
    settled_at timestamptz,
    settled_by uuid,
    settled_by_name text,
    settled_why text,
    check ((destination = 'ward') = (to_ward is not null)),
    check (to_ward is distinct from from_ward),
    check ((status = 'offered') = (settled_at is null))
);
-- Until it is settled there is one, so that a case has one owner and at most one who may become it.
create unique index one_open_handover on handover (case_id) where status = 'offered';
create index handover_case on handover (case_id, offered_at desc);

alter table cases
    -- How the newest hand-over stands.
    add column handover text check (handover in ('offered', 'accepted', 'returned', 'revoked')),
    -- The ward in which the register last told that the child lives, if not in the case's own: what is told again offers nothing again.
    add column noticed_in text;

-- To which ward the case is offered: it reads what the owner reads, and changes nothing until it accepts. Kept with who may see a child.
alter table person add column offered_to text;
alter table review add column offered_to text;

select set_config('tsunagu.actor', 'system', true);
update cases set noticed_in = ward;
select set_config('tsunagu.actor', '', true);

drop policy who_acts on person;
create policy who_acts on person using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then (select current_setting('tsunagu.ward', true)) in (ward, offered_to)
            and not ((select current_setting('tsunagu.ward', true)) = any (barred))
        else false
    end
);
drop policy who_acts on review;
create policy who_acts on review using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then (select current_setting('tsunagu.ward', true)) in (ward, offered_to)
            and not ((select current_setting('tsunagu.ward', true)) = any (barred))
        else false
    end
);

-- From where to where tells where a child lives: it goes with the whereabouts.
alter table handover enable row level security;
alter table handover force row level security;
create policy with_whereabouts on handover using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or exists (select from whereabouts where whereabouts.person_id = handover.person_id)
);
