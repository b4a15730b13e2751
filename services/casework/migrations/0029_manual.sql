-- The manual as it was shown, each version kept, and what its readers say of it (EVAL-01). Nothing of it is about a child.
create table manual_version (
    version integer primary key,
    hash bytea not null unique,
    shown_from timestamptz not null,
    -- In the order of the manual: [{"key", "title", "text"}].
    sections jsonb not null
);

create table manual_feedback (
    feedback_id uuid primary key,
    version integer not null references manual_version,
    section text not null,
    section_title text not null,
    understood text not null,
    words text not null,
    said_at timestamptz not null,
    staff_id uuid not null,
    staff_name text not null,
    staff_place text not null,
    became text,
    answer text,
    answered_at timestamptz,
    answered_by uuid,
    answered_by_name text,
    check ((answered_at is null) = (answered_by is null) and (answered_at is null) = (became is null)),
    check (became is null or answer <> '')
);
-- Pressing twice says it once.
create unique index manual_feedback_once on manual_feedback (staff_id, version, section, understood, md5(words));

alter table manual_feedback enable row level security;
alter table manual_feedback force row level security;
create policy own_or_answers on manual_feedback using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then true
        else staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    end
);
