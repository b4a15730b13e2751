-- Questionnaires of those who use the system (EVAL-04): the coordinator asks, each user answers once, and of the answers nobody's name is kept.
create sequence survey_number;
create table survey (
    survey_id uuid primary key,
    number text not null,
    title text not null check (title <> ''),
    questions text[] not null check (cardinality(questions) between 1 and 10),
    closes_on date not null,
    made_at timestamptz not null,
    made_by uuid not null,
    made_by_name text not null
);
-- Who has answered, so that nobody does twice; not what.
create table survey_taken (
    survey_id uuid not null references survey (survey_id),
    staff_id uuid not null,
    primary key (survey_id, staff_id)
);
-- What was answered: by nobody, and at no time.
create table survey_answer (
    answer_id uuid primary key,
    survey_id uuid not null references survey (survey_id),
    choices text[] not null,
    words text not null
);
create index survey_answer_survey on survey_answer (survey_id);

alter table survey enable row level security;
alter table survey force row level security;
alter table survey_taken enable row level security;
alter table survey_taken force row level security;
alter table survey_answer enable row level security;
alter table survey_answer force row level security;
create policy users_read on survey for select using (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'guidance_center')
    or ((select current_setting('tsunagu.actor', true)) = 'staff' and (select current_setting('tsunagu.ward', true)) <> '')
);
create policy the_coordinator_asks on survey for insert with check ((select current_setting('tsunagu.actor', true)) = 'coordinator');
create policy ones_own on survey_taken for select using (staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid));
create policy users_answer on survey_taken for insert with check (
    staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    and (select current_setting('tsunagu.actor', true)) in ('staff', 'guidance_center')
);
create policy the_coordinator_reads on survey_answer for select using ((select current_setting('tsunagu.actor', true)) in ('system', 'coordinator'));
-- No answer without its taker, in one transaction.
create policy users_answer on survey_answer for insert with check (
    (select current_setting('tsunagu.actor', true)) in ('staff', 'guidance_center')
    and exists (
        select from survey_taken
        where survey_taken.survey_id = survey_answer.survey_id
          and survey_taken.staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    )
);
