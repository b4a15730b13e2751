-- Reasons that staff call wrong or outdated, and what the owners of the sources say of them (`domain.md` §4.7): seen with the child's review, by
-- whichever ward has it. `why` stays here; `words` are what went to the owner.
create sequence dispute_number;
create table dispute (
    dispute_id uuid primary key,
    number text not null unique,
    person_id uuid not null,
    item text not null,
    source text not null,
    kind text not null check (kind in ('wrong', 'outdated')),
    why text not null check (why <> ''),
    words text not null,
    asked_on date not null,
    asked_at timestamptz not null,
    asked_by uuid not null,
    asked_by_name text not null,
    asked_by_place text not null,
    -- The version of the scorer's word that was looked at, and what it said: as long as it says the same, nothing was corrected.
    word_version integer not null,
    told jsonb not null,
    -- Whether its owner has said what is so.
    settled boolean not null default false,
    -- The last answer, and the last one that somebody of the ward has taken note of.
    answered integer not null default 0,
    seen integer not null default 0
);
create index dispute_person on dispute (person_id, asked_at);
-- Nobody asks again what is being looked into.
create unique index dispute_open on dispute (person_id, item) where not settled;
create index dispute_news on dispute (person_id) where answered > seen;

create table dispute_answer (
    dispute_id uuid not null,
    version integer not null check (version > 0),
    answer text not null check (answer in ('looking', 'corrected', 'right')),
    words text not null,
    answered_on date not null,
    primary key (dispute_id, version)
);

alter table dispute enable row level security;
alter table dispute force row level security;
create policy with_review on dispute using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or (
        (select current_setting('tsunagu.actor', true)) in ('staff', 'coordinator')
        and exists (select from review where review.person_id = dispute.person_id)
    )
);
alter table dispute_answer enable row level security;
alter table dispute_answer force row level security;
create policy with_dispute on dispute_answer using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or exists (select from dispute where dispute.dispute_id = dispute_answer.dispute_id)
);
create policy only_the_system_adds on dispute_answer as restrictive for insert
    with check ((select current_setting('tsunagu.actor', true)) = 'system');
create policy only_the_system_changes on dispute_answer as restrictive for update
    using ((select current_setting('tsunagu.actor', true)) = 'system');
create policy only_the_system_removes on dispute_answer as restrictive for delete
    using ((select current_setting('tsunagu.actor', true)) = 'system');
