-- Whom the measures that protect somebody cover together, none of their opponents among them (domain.md §4.4). Whoever sees a protected
-- child may not read measures, and its page names nobody else of the household: two measures may be turned against each other.
select set_config('tsunagu.actor', 'system', true);

alter table person add column covered_with uuid[] not null default '{}';
update person set covered_with = array(
    select distinct other from measure, unnest(measure.protected) as other
    where measure.protected @> array[person.person_id] and not measure.voided and other <> person.person_id
    except
    select distinct opponent from measure, unnest(measure.opponents) as opponent
    where measure.protected @> array[person.person_id] and not measure.voided
    order by 1
)
where protected;

select set_config('tsunagu.actor', '', true);
