-- Whoever audits does not do what is audited (casework.md §2.3): saying who is who is audited, too.
alter table staff add check (
    not (roles && array['security_officer', 'privacy_officer'] and roles && array['linkage_clerk'])
);
