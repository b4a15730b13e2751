-- Closed cases are listed by ward and day, newest first.
create index review_closed_ward on review (ward, closed_on desc, review_id desc) where closed_at is not null;
