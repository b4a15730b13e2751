-- What a school's record calls a pupil (`domain/records.py`, `pupil_of`), so that what is told of a pupil is found with the list that says who
-- the pupil is. What is held is decided again with the next record that concerns it.
alter table record add column pupil text;
update record set pupil = (data ->> 'school_code') || '|' || (data ->> 'fiscal_year') || '|' || (data ->> 'pupil_key')
where event_type in ('pupil.registered', 'attendance.month_reported', 'school_health.exam_recorded', 'survey.result_recorded',
                     'school_aid.decided', 'lunch_fee.arrears_changed')
  and data is not null;
create index record_pupil on record (pupil) where pupil is not null;
create index record_pupil_subject on record (subject_id) where pupil is not null and subject_id is not null;

alter type saved_record add attribute pupil text;
