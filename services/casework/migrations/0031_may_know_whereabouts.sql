-- What goes with the whereabouts (who looked, hand-overs, files) was shown where a row of whereabouts was. Somebody who is one with a person
-- who is registered may have none of their own: whoever acts is asked, as the wall around whereabouts asks (0025), and not the row.
create function may_know_whereabouts(whose uuid) returns boolean language sql stable return
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then exists (select from person where person.person_id = whose)
        when 'emergency' then exists (select from person where person.person_id = whose)
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

drop policy own_or_with_whereabouts on access_note;
create policy own_or_with_whereabouts on access_note using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    or may_know_whereabouts(person_id)
) with check (
    (select current_setting('tsunagu.actor', true)) = 'system' or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);

drop policy with_whereabouts on handover;
create policy with_whereabouts on handover using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or ((select current_setting('tsunagu.actor', true)) = 'coordinator' and status = 'offered')
    or may_know_whereabouts(person_id)
) with check (may_know_whereabouts(person_id));

drop policy with_whereabouts on case_file;
create policy with_whereabouts on case_file using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or (
        (select current_setting('tsunagu.actor', true)) = 'staff'
        and exists (select from cases where cases.case_id = case_file.case_id)
        and may_know_whereabouts(person_id)
    )
);
