-- Who looked at a child tells of which ward they are, and so where a protected child is or was: it goes with the whereabouts. Whoever
-- may not know those sees the own looks.
drop policy own_or_with_person on access_note;
create policy own_or_with_whereabouts on access_note using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
    or exists (select from whereabouts where whereabouts.person_id = access_note.person_id)
) with check (
    (select current_setting('tsunagu.actor', true)) = 'system' or staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);
