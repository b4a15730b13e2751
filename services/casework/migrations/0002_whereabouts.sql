-- Whereabouts stand apart from names and have a wall of their own: the wall around a person lets the whole ward through, and a
-- protected person's address is for named holders and the coordinator alone (domain.md §4.4).

-- Rows are moved that nobody sees who does not say who acts.
select set_config('tsunagu.actor', 'system', true);

-- Where somebody lives: the ward as PersonChanged says it, the address as PersonIdentified does. Either may still be missing.
create table whereabouts (
    person_id uuid primary key,
    lives_in text,
    address_code text
);
insert into whereabouts (person_id, lives_in, address_code)
select person_id, person.lives_in, name.address_code from person full join person_name as name using (person_id);
alter table person drop column lives_in;
alter table person_name drop column address_code;

alter table whereabouts enable row level security;
alter table whereabouts force row level security;
create policy who_may_know on whereabouts using (
    case (select current_setting('tsunagu.actor', true))
        when 'system' then true
        when 'coordinator' then exists (select from person where person.person_id = whereabouts.person_id)
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

-- Who was named: each sees the own name only. The coordinator names.
alter table whereabouts_holder enable row level security;
alter table whereabouts_holder force row level security;
create policy own_name on whereabouts_holder for select using (
    (select current_setting('tsunagu.actor', true)) = 'staff' and staff_id = (select nullif(current_setting('tsunagu.staff', true), '')::uuid)
);
create policy who_names on whereabouts_holder using ((select current_setting('tsunagu.actor', true)) in ('system', 'coordinator'));

-- A household's number leads to the other papers of the house: it goes with the whereabouts of everybody who may be seen there.
alter table household enable row level security;
alter table household force row level security;
create policy with_whereabouts on household using (
    (select current_setting('tsunagu.actor', true)) = 'system' or (
        exists (
            select from household_member as member join whereabouts using (person_id) where member.household_id = household.household_id
        ) and not exists (
            select from household_member as member join person using (person_id)
            where member.household_id = household.household_id and person.protected
              and not exists (select from whereabouts where whereabouts.person_id = person.person_id)
        )
    )
);

-- What the wall around whereabouts reads must not be writable by those whom it stops.
create policy only_the_system_adds on person as restrictive for insert with check ((select current_setting('tsunagu.actor', true)) = 'system');
create policy only_the_system_changes on person as restrictive for update using ((select current_setting('tsunagu.actor', true)) = 'system');
create policy only_the_system_removes on person as restrictive for delete using ((select current_setting('tsunagu.actor', true)) = 'system');

-- Everybody of a household with what a page may say of a sibling: no indicator. Seen with the rights of whoever asks.
create view household_mate with (security_invoker = true) as
select member.household_id, member.starts, member.ends, member.relationship, person.person_id, person.birth_date, person.sex,
    person.protected, name.name, name.kana, review.review_id is not null as under_review, review.needed, cases.state
from household_member as member
join person on person.person_id = member.person_id
left join person_name as name on name.person_id = member.person_id
left join review on review.person_id = member.person_id and review.closed_at is null
left join cases on cases.case_id = review.case_id
where person.stands and person.birth_date is not null;

-- Cases that were started while their child moved, before the two waited for each other: the case stays with its ward (domain.md §4.8).
update review set ward = cases.ward from cases
where cases.case_id = review.case_id and cases.state <> 'closed' and review.ward is distinct from cases.ward and not (cases.ward = any (review.barred));
update person set ward = cases.ward from cases
where cases.person_id = person.person_id and cases.state <> 'closed' and person.ward is distinct from cases.ward and not (cases.ward = any (person.barred));

select set_config('tsunagu.actor', '', true);
