-- What the privacy officer decides on a family's request to suspend the use of its data (S17): meanwhile, and in the end once.
create table objection_verdict (
    case_id uuid not null,
    -- That of the case with which the request was recorded.
    version integer not null,
    verdict text not null,
    -- Whether that was the end of it: there is one word meanwhile at most, and one in the end.
    final boolean not null generated always as (verdict <> 'approach_permitted') stored,
    words text not null check (words <> ''),
    decided_at timestamptz not null,
    decided_by uuid not null,
    decided_by_name text not null,
    foreign key (case_id, version) references case_move (case_id, version),
    primary key (case_id, version, final)
);
alter table objection_verdict enable row level security;
alter table objection_verdict force row level security;
create policy with_case on objection_verdict using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'privacy_officer')
    or exists (select from cases where cases.case_id = objection_verdict.case_id)
) with check ((select current_setting('tsunagu.actor', true)) in ('system', 'privacy_officer'));

-- Who decides on them reads the requests, and nothing else of a case.
create policy requests_to_decide on case_move for select using (
    (select current_setting('tsunagu.actor', true)) = 'privacy_officer' and move = 'record_objection'
);
create index case_move_objections on case_move (moved_at) where move = 'record_objection';
