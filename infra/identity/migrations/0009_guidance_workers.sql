-- The child guidance centre's staff have that role and no other, and nobody else has it (casework.md §2.3).
alter table staff add check (
    (roles && array['guidance_worker']) = (section = 'guidance_center') and (not roles && array['guidance_worker'] or cardinality(roles) = 1)
);
