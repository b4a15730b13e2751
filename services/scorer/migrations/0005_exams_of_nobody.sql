-- Exams of pregnancies that nobody was notified of may concern whoever was born of one, and nobody else (`domain.md` §2.8-2).
alter table in_hand_anybody add column unnotified boolean not null default false;
