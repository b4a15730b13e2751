-- The child guidance centre (児童相談所) is a party of its own (casework.md §2.3, §2.5): its staff see whom somebody reported or sent to it,
-- for as long as that is shared, and nobody else. What a ward hands over to it is a hand-over as any other: offered, then accepted, returned or
-- revoked; `handover` knew that destination from the first.
alter table cases
    -- The last day on which the centre may read the child; null where nothing is shared with it. What has no end yet: 9999-12-31.
    add column center_until date,
    -- Whether what is especially sensitive is shared, too.
    add column center_sensitive boolean not null default false,
    -- Until when the centre is to have answered the oldest report that it has not answered.
    add column center_report_due timestamptz,
    -- Who has the case: its ward, or the centre that accepted it. There is exactly one, always.
    add column owner text not null default 'ward' check (owner in ('ward', 'guidance_center')),
    add constraint the_centre_has_what_is_closed_here check (owner = 'ward' or state = 'closed');

-- With who may see a child stands what is shared of it, as with the ward that it is offered to (0018).
alter table person add column center_until date, add column center_sensitive boolean not null default false;
alter table review add column center_until date, add column center_sensitive boolean not null default false;

create index cases_at_center on cases (person_id) where center_until is not null;

-- The day of whoever acts for the centre: a share is over when its last day is. Said with who acts; without it nothing is shared.
create function center_day() returns date language sql stable return
    (nullif(current_setting('tsunagu.now', true), '')::timestamptz at time zone 'Asia/Tokyo')::date;

drop policy who_acts on person;
create policy who_acts on person using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then protected
        when 'staff' then (select current_setting('tsunagu.ward', true)) in (ward, offered_to)
            and not ((select current_setting('tsunagu.ward', true)) = any (barred))
        when 'guidance_center' then center_until >= (select center_day())
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
        when 'guidance_center' then center_until >= (select center_day())
        when 'emergency' then not protected and person_id in (
            select opened.person_id from emergency as opened
            where opened.staff_id = nullif(current_setting('tsunagu.staff', true), '')::uuid and opened.ended_at is null
              and opened.ends_at > nullif(current_setting('tsunagu.now', true), '')::timestamptz
        )
        else false
    end
);

-- Where the child lives the centre may know with the child, unless a measure protects it: holders are of the ward. The number of the house
-- leads to others, of whom nothing is shared.
drop policy who_may_know on whereabouts;
create policy who_may_know on whereabouts using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then exists (select from person where person.person_id = whereabouts.person_id)
        when 'emergency' then exists (select from person where person.person_id = whereabouts.person_id)
        when 'guidance_center' then exists (select from person where person.person_id = whereabouts.person_id and not person.protected)
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
create or replace function may_know_whereabouts(whose uuid) returns boolean language sql stable return
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then exists (select from person where person.person_id = whose)
        when 'emergency' then exists (select from person where person.person_id = whose)
        when 'guidance_center' then exists (select from person where person.person_id = whose and not person.protected)
        when 'staff' then exists (
            select from person where person.person_id = whose and (
                not person.protected or exists (
                    select from whereabouts_holder as holder where holder.person_id = person.person_id
                      and holder.staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
                )
            )
        )
        else false
    end;
create policy not_at_the_center on household as restrictive for select using ((select current_setting('tsunagu.actor', true)) <> 'guidance_center');

-- To which ward a case goes tells where the child is; that it goes to the centre tells nothing: whoever sees the case sees that.
drop policy with_whereabouts on handover;
create policy with_whereabouts on handover using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or ((select current_setting('tsunagu.actor', true)) = 'coordinator' and status = 'offered')
    or may_know_whereabouts(person_id)
    or (destination = 'guidance_center' and exists (select from cases where cases.case_id = handover.case_id))
) with check (
    may_know_whereabouts(person_id)
    or (destination = 'guidance_center' and exists (select from cases where cases.case_id = handover.case_id))
);

-- What the centre adds to a case: that it accepts it or sends it back, and its answers. Everything else is the ward's.
create policy what_the_center_adds on case_move as restrictive for insert with check (
    (select current_setting('tsunagu.actor', true)) <> 'guidance_center'
    or move in ('receive_at_guidance_center', 'return_handover', 'answer_from_guidance_center')
);
