-- Break-glass (S24): somebody reads one child of another ward for two hours, for a reason that is kept; their chief, the coordinator and the
-- privacy officer see it until one of them who is another person has looked into it.
create table emergency (
    emergency_id uuid primary key,
    person_id uuid not null,
    staff_id uuid not null,
    staff_name text not null,
    staff_place text not null,
    -- Null for the city hall's.
    staff_ward text,
    -- The ward that answered for the child then: its leads are told, too.
    child_ward text,
    reason text not null,
    words text not null check (words <> ''),
    started_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > started_at and ends_at <= started_at + interval '2 hours'),
    ended_at timestamptz,
    ended_why text,
    review_due_on date not null,
    reviewed_at timestamptz,
    reviewed_by uuid,
    reviewed_by_name text,
    verdict text,
    review_words text,
    check ((ended_at is null) = (ended_why is null)),
    check ((reviewed_at is null) = (reviewed_by is null) and (reviewed_at is null) = (verdict is null)),
    -- Nobody looks into what they did themselves.
    check (reviewed_by <> staff_id)
);
create unique index one_open_emergency on emergency (staff_id, person_id) where ended_at is null;
create index emergency_unreviewed on emergency (review_due_on) where reviewed_at is null;

alter table emergency enable row level security;
alter table emergency force row level security;
create policy own_or_told on emergency using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then true
        when 'privacy_officer' then true
        when 'staff' then staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
            or (select current_setting('tsunagu.ward', true)) in (staff_ward, child_ward)
        when 'emergency' then staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
        else false
    end
) with check (
    (select current_setting('tsunagu.actor', true)) in ('system', 'coordinator', 'privacy_officer')
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);

-- Who acts in an emergency sees that one child, for that long, and nobody whom a measure protects: a measure ends it at once.
drop policy who_acts on person;
create policy who_acts on person using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then (select current_setting('tsunagu.ward', true)) in (ward, offered_to)
            and not ((select current_setting('tsunagu.ward', true)) = any (barred))
        when 'emergency' then not protected and person_id in (
            select opened.person_id from emergency as opened
            where opened.staff_id = nullif(current_setting('tsunagu.staff', true), '')::uuid and opened.ended_at is null
              and opened.ends_at > nullif(current_setting('tsunagu.now', true), '')::timestamptz
        )
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
        when 'emergency' then not protected and person_id in (
            select opened.person_id from emergency as opened
            where opened.staff_id = nullif(current_setting('tsunagu.staff', true), '')::uuid and opened.ended_at is null
              and opened.ends_at > nullif(current_setting('tsunagu.now', true), '')::timestamptz
        )
        else false
    end
);
-- Where the child lives, who is to help in an emergency may know; the number of the house leads to others, who may be protected.
drop policy who_may_know on whereabouts;
create policy who_may_know on whereabouts using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then exists (select from person where person.person_id = whereabouts.person_id)
        when 'emergency' then exists (select from person where person.person_id = whereabouts.person_id)
        when 'staff' then exists (
            select from person where person.person_id = whereabouts.person_id and (
                not person.protected or exists (
                    select from whereabouts_holder as holder where holder.person_id = person.person_id
                      and holder.staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
                )
            )
        )
        else false
    end
) with check ((select current_setting('tsunagu.actor', true)) = 'system');
create policy not_in_an_emergency on household as restrictive using ((select current_setting('tsunagu.actor', true)) <> 'emergency');

-- It is to read, and to change nothing.
create policy reads_only_adds on review as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_changes on review as restrictive for update using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_removes on review as restrictive for delete using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_adds on cases as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_changes on cases as restrictive for update using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_removes on cases as restrictive for delete using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_adds on case_move as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_changes on case_move as restrictive for update using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_removes on case_move as restrictive for delete using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_adds on handover as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_changes on handover as restrictive for update using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy reads_only_removes on handover as restrictive for delete using ((select current_setting('tsunagu.actor', true)) <> 'emergency');
create policy nobody_removes on emergency as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');
