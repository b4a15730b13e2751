-- What people judged and answered can be taken back: one more row each, which says nothing of the two any more, so that it is asked again.
alter table judgement drop constraint judgement_word_check;
alter table judgement add constraint judgement_word_check check (word in ('same', 'not_same', 'open'));

alter table review_answer drop constraint review_answer_step_check;
alter table review_answer add constraint review_answer_step_check
check (step in ('decided', 'proposed', 'confirmed', 'declined', 'unsure', 'taken_back', 'back_proposed', 'back_declined'));
