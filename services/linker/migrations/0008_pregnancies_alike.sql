-- Pregnancies whose numbers are equal but for leading zeros: an exam that names one which nobody notified may be of the other.
create index pregnancy_number_bare on pregnancy (ltrim(pregnancy_no, '0'));
