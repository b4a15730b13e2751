-- What waits too long between two wards is the coordinator's to settle (casework.md §2.5): which wards, since when, how many; no child. Of a
-- protected child nothing is ever offered.
drop policy with_whereabouts on handover;
create policy with_whereabouts on handover using (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or ((select current_setting('tsunagu.actor', true)) = 'coordinator' and status = 'offered')
    or exists (select from whereabouts where whereabouts.person_id = handover.person_id)
) with check (
    (select current_setting('tsunagu.actor', true)) = 'system'
    or exists (select from whereabouts where whereabouts.person_id = handover.person_id)
);
