-- Simulations that people asked for at a page: done one after another, beside everything else. The numbers are a step of the ruleset.
create table simulation_asked (
    number bigint generated always as identity primary key,
    ruleset text not null references ruleset,
    asked_at timestamptz not null,
    by_staff uuid not null,
    by_label text not null,
    -- As the log names them: it is told who simulated when it is done.
    actor jsonb not null,
    roles text[] not null,
    ended_at timestamptz,
    failed boolean not null default false check (not failed or ended_at is not null)
);
