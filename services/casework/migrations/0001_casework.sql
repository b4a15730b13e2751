-- Two columns decide who may see a row: `ward`, which answers for the child, and `barred`, the wards where a person lives from
-- whom the child is hidden (domain.md §4.4). Handlers keep them current; the policies at the end read them.

-- What the linker says of a person. Rows come in any order, so everything but the id may still be missing.
create table person (
    person_id uuid primary key,
    -- 0 until PersonChanged came; the row may be older than that, because protection comes first.
    version integer not null default 0,
    birth_date date,
    sex text,
    lives_in text,
    household_id uuid,
    stands boolean not null default true,
    ward text,
    protected boolean not null default false,
    barred text[] not null default '{}'
);
create index person_household on person (household_id);

create table person_name (
    person_id uuid primary key,
    version integer not null,
    person_no text not null,
    name text,
    kana text,
    address_code text
);

create table household (
    household_id uuid primary key,
    version integer not null,
    household_no text not null
);

create table household_member (
    household_id uuid not null references household (household_id),
    person_id uuid not null,
    relationship text not null,
    starts date,
    ends date
);
create index household_member_household on household_member (household_id);

-- Protection measures. An expired one still protects: a person lifts it, not the calendar.
create table measure (
    measure_id uuid primary key,
    version integer not null,
    valid_from date not null,
    valid_to date,
    protected uuid[] not null,
    opponents uuid[] not null,
    voided boolean not null
);
create index measure_protected on measure using gin (protected);
create index measure_opponents on measure using gin (opponents);

-- Staff whom the coordinator named to know the whereabouts of a protected person.
create table whereabouts_holder (
    person_id uuid not null,
    staff_id uuid not null,
    named_by uuid not null,
    named_at timestamptz not null,
    primary key (person_id, staff_id)
);

-- Every word of the scorer about a child, kept for ever: what was shown in April can be shown again next year.
create table review_word (
    person_id uuid not null,
    version integer not null,
    event_id uuid not null unique,
    kind text not null check (kind in ('needed', 'basis_changed')),
    ruleset text not null,
    as_of date not null,
    needed boolean not null,
    groups text[] not null,
    -- No reason, no review: a list entry that nobody can explain cannot exist.
    indicators jsonb not null check (jsonb_typeof(indicators) = 'array' and jsonb_array_length(indicators) > 0),
    said_at timestamptz not null,
    primary key (person_id, version)
);

-- One open review per child. Nothing but a person closes it.
create table review (
    review_id uuid primary key,
    person_id uuid not null,
    opened_on date not null,
    version integer not null,
    groups text[] not null,
    needed boolean not null,
    basis_changed boolean not null,
    oldest_known_at timestamptz,
    case_id uuid,
    closed_at timestamptz,
    ward text,
    protected boolean not null default false,
    barred text[] not null default '{}'
);
create unique index one_open_review on review (person_id) where closed_at is null;
create index review_ward on review (ward) where closed_at is null;

-- What became of each ReviewNeeded. Exactly one of four; nothing is dropped without a word.
create table disposition (
    event_id uuid primary key,
    person_id uuid not null,
    disposition text not null check (disposition in ('opened', 'attached', 'suppressed', 'rejected')),
    review_id uuid,
    reason text,
    until date,
    check (disposition not in ('opened', 'attached') or review_id is not null),
    check (disposition <> 'suppressed' or (reason is not null and until is not null)),
    check (disposition <> 'rejected' or reason is not null)
);

create table cases (
    case_id uuid primary key,
    person_id uuid not null,
    household_id uuid,
    ward text not null,
    state text not null check (state in (
        'noticed', 'investigation', 'conference', 'approach', 'assessment', 'planning', 'support', 'watch_over', 'deferred', 'closed'
    )),
    version integer not null,
    opened_at timestamptz not null,
    opened_by uuid not null,
    opened_by_name text not null,
    -- A case without a day by which something happens is a case that is forgotten.
    due_on date not null
);
create unique index one_open_case on cases (person_id) where state <> 'closed';

-- Who moved a case, and what the move demanded. A move without a named person does not exist (PUSH-10).
create table case_move (
    case_id uuid not null references cases (case_id),
    version integer not null,
    move text not null,
    from_state text not null,
    to_state text not null,
    moved_at timestamptz not null,
    moved_by uuid not null,
    details jsonb not null,
    primary key (case_id, version)
);

-- Answers to requests that carried a key, so that pressing twice does once.
create table request_key (
    staff_id uuid not null,
    key uuid not null,
    fingerprint bytea not null,
    case_id uuid not null,
    case_version integer not null,
    answered_at timestamptz not null default now(),
    primary key (staff_id, key)
);
create index request_key_answered on request_key (answered_at);

-- One row per access entry sent to the audit, written in the same transaction: the two are compared.
create table access_note (
    id uuid primary key,
    at timestamptz not null,
    staff_id uuid not null,
    staff_name text not null,
    staff_place text not null,
    action text not null,
    person_id uuid,
    decision text not null check (decision in ('permit', 'deny'))
);
create index access_note_person on access_note (person_id, at desc);
create index access_note_staff on access_note (staff_id, at desc);

-- The second wall (casework.md §4.2). A transaction says who acts; one that says nothing sees nothing. `force` binds the owner too.
alter table person enable row level security;
alter table person force row level security;
create policy who_acts on person using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then ward = (select current_setting('tsunagu.ward', true)) and not (ward = any (barred))
        else false
    end
);

alter table review enable row level security;
alter table review force row level security;
create policy who_acts on review using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then ward = (select current_setting('tsunagu.ward', true)) and not (ward = any (barred))
        else false
    end
);

alter table measure enable row level security;
alter table measure force row level security;
create policy who_acts on measure using ((select current_setting('tsunagu.actor', true)) = 'system');

-- The rest is seen with the person or review that it belongs to.
alter table person_name enable row level security;
alter table person_name force row level security;
create policy with_person on person_name using (
    (select current_setting('tsunagu.actor', true)) = 'system' or exists (select from person where person.person_id = person_name.person_id)
);

alter table household_member enable row level security;
alter table household_member force row level security;
create policy with_person on household_member using (
    (select current_setting('tsunagu.actor', true)) = 'system' or exists (select from person where person.person_id = household_member.person_id)
);

alter table review_word enable row level security;
alter table review_word force row level security;
create policy with_review on review_word using (
    (select current_setting('tsunagu.actor', true)) = 'system' or exists (select from review where review.person_id = review_word.person_id)
);

alter table cases enable row level security;
alter table cases force row level security;
create policy with_person on cases using (
    (select current_setting('tsunagu.actor', true)) = 'system' or exists (select from person where person.person_id = cases.person_id)
);

alter table case_move enable row level security;
alter table case_move force row level security;
create policy with_case on case_move using (
    (select current_setting('tsunagu.actor', true)) = 'system' or exists (select from cases where cases.case_id = case_move.case_id)
);
