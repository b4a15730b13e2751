-- What staff saw of children, as casework told (`domain.md` §2.8-22): the kind and the day, nothing that anybody wrote.
create table observation (
    event_id uuid primary key,
    person_id uuid not null,
    case_id uuid not null,
    version integer not null,
    observation text not null check (observation in ('met', 'supported', 'enrolled_elsewhere', 'enrolled_nowhere')),
    observed_on date not null,
    recorded_at timestamptz not null
);
create index observation_person on observation (person_id);
