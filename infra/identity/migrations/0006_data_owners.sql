-- Who answers for a source sees what became of its events; whoever audits does not do what is audited (casework.md §2.3).
alter table staff add check (
    not (roles && array['security_officer', 'privacy_officer'] and roles && array['data_owner'])
);
