-- By which gate a decision of the matcher was made (`matching/gate.py`). What is there already was made before gates had versions.
alter table match_decision add column gate text not null default 'gate-1';
alter table match_decision alter column gate drop default;
