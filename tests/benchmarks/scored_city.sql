-- A city whose children have five years of facts, made set by set (scored_city.py). $1 the first and $2 the last number of a child, $3 today.
-- Ids follow from numbers: child md5('p' || n), mother md5('m' || n). Records are laid down in the order of their days, as they come in.

-- name: make_children
create unlogged table child as
select n, md5('p' || n)::uuid as person_id, md5('m' || n)::uuid as mother_id, md5('g' || n)::uuid as pregnancy_id, born,
    case when n % 2 = 0 then 'female' else 'male' end as sex,
    case when n % 12 = 0 then born + 400 + n % 3000 else born end as resident_from,
    -- Whole school years since 小1, of one who has begun.
    extract(year from (date_trunc('year', born - interval '1 year 3 months 1 day') + interval '8 years'))::int as first_year
from generate_series($1::int, $2::int) as n, lateral (select $3::date - (n::bigint * 7919 % 5470)::int as born) as b;

-- name: index_children
create unique index on child (n);

-- name: persons
insert into person (person_id, version, birth_date, sex, residence, places)
select person_id, 1, born, sex, jsonb_build_array(jsonb_build_array(resident_from, null)),
    jsonb_build_array(jsonb_build_array(resident_from, null, (array['higashi', 'hakata', 'chuo', 'minami', 'jonan', 'sawara', 'nishi'])[n % 7 + 1]))
from child where resident_from <= $3::date and n between $1 and $2
union all
select mother_id, 1, '1990-01-01', 'female', '[["1990-01-01", null]]', '[["1990-01-01", null, "hakata"]]' from child where n between $1 and $2;

-- name: known
-- $1 instant.
insert into child_known (person_id, written_at, birth_date, sex, present, places)
select person_id, $1, birth_date, sex, present, places from person where birth_date > '2004-01-01';

-- name: births
insert into delivery (child_id, pregnancy_id, mother_id)
select person_id, pregnancy_id, mother_id from child where n between $1 and $2 and born > $3::date - 1826;

-- name: kinships
insert into kinship (child_id, version, mother_id) select person_id, 1, mother_id from child where n between $1 and $2 and $3::date is not null;

-- name: due
insert into due (person_id, evaluate_on) select person_id, $3::date from child where n between $1 and $2 and resident_from <= $3::date;

-- name: attendance
-- Eleven months a school year, of the last five years, each month of all pupils before the next one.
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on)
select md5('a' || n || m)::uuid, 'school_affairs', 'attendance.month_reported', 'a' || n || m, 1, 0, 'upsert', person_id, md5('A' || n || m)::uuid,
    jsonb_build_object('fiscal_year', year, 'month', extract(month from m)::int, 'school_days', 17 + (n % 5 + extract(month from m)::int) % 5,
        'absent_days', case when n % 40 = 0 then 4 else (n / 7 + extract(month from m)::int * 5) % 13 / 4 end, 'suspended_days', n % 17 / 15,
        'tardy_count', case when n % 60 = 0 then 4 else (n / 3 + extract(month from m)::int) % 11 / 5 end, 'early_leave_count', n % 23 / 20),
    (m + interval '1 month')::date
from (
    select m::date as m, extract(year from m - interval '3 months')::int as year
    from generate_series(date_trunc('month', $3::date - interval '60 months'), $3::date - interval '1 month', interval '1 month') as m
) as months cross join lateral (
    select n, person_id from child where n between $1 and $2 and year between first_year and first_year + 8 and resident_from <= m offset 0
) as pupils
where extract(month from m) <> 8;

-- name: pupils
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on)
select md5(kind || n || year)::uuid, source, event_type, kind || n || year, 1, 0, 'upsert', person_id, md5('Y' || kind || n || year)::uuid, data,
    make_date(year, 5, 20)
from generate_series(extract(year from $3::date)::int - 4, extract(year from $3::date)::int) as year
cross join lateral (
    select n, person_id, born, year - first_year + 1 as grade from child
    where n between $1 and $2 and year between first_year and first_year + 8 and resident_from <= make_date(year, 4, 1) offset 0
) as p
cross join lateral (values
    ('r', 'pupil_registry', 'pupil.registered',
        jsonb_build_object('fiscal_year', year, 'birth_date', born, 'grade', grade, 'enrolled_from', make_date(year, 4, 1))),
    ('x', 'school_affairs', 'school_health.exam_recorded',
        jsonb_build_object('fiscal_year', year, 'grade', grade, 'exam_date', make_date(year, 5, 14), 'height_cm', 111 + 6 * grade,
            'weight_kg', case when n % 100 = 0 then 0.7 else 1 end * (17 + 3.2 * grade))),
    ('l', 'lifestyle_learning_survey', 'survey.result_recorded',
        jsonb_build_object('fiscal_year', year, 'survey', 'lifestyle', 'surveyed_on', make_date(year, 5, 20), 'concern_count', n % 31 / 7)),
    ('t', 'lifestyle_learning_survey', 'survey.result_recorded',
        jsonb_build_object('fiscal_year', year, 'survey', 'learning', 'surveyed_on', make_date(year, 5, 21), 'standard_score', 34 + n % 33)),
    ('s', 'school_aid', 'school_aid.decided',
        jsonb_build_object('fiscal_year', year, 'decision', 'approved', 'valid_from', make_date(year, 4, 1), 'valid_to', make_date(year + 1, 4, 1)))
) as told (kind, source, event_type, data)
where kind <> 's' or n % 7 = 0;

-- name: dues
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on)
select md5('d' || n || month)::uuid, 'school_lunch_fee', 'lunch_fee.arrears_changed', 'd' || n || month, 1, 0, 'upsert', person_id,
    md5('D' || n || month)::uuid, jsonb_build_object('fiscal_year', extract(year from $3::date)::int, 'month', month,
        'due_on', make_date(extract(year from $3::date)::int, month, 28), 'status', case when n % 3 = 0 then 'unpaid' else 'paid' end),
    make_date(extract(year from $3::date)::int, month, 28)
from child cross join generate_series(4, 9) as month
where n between $1 and $2 and n % 20 = 0 and extract(year from $3::date)::int between first_year and first_year + 8;

-- name: checkups
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on)
select md5('k' || n || k)::uuid, 'maternal_child_health', 'infant_checkup.recorded', 'k' || n || k, 1, 0, 'upsert', person_id,
    md5('K' || n || k)::uuid, jsonb_build_object('checkup_type', k, 'exam_date', born + days, 'result_status', 'attended', 'weight_kg', kg, 'height_cm', cm),
    born + days
from child cross join (values ('4m', 130, 6.9, 63), ('18m', 560, 10.4, 80), ('3y', 1120, 14.0, 95)) as checkup (k, days, kg, cm)
where n between $1 and $2 and n % 25 <> days % 25 and born + days between $3::date - 1826 and $3::date
order by born + days;

-- name: births_told
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data, said_on)
select md5('b' || n || kind || i)::uuid, 'maternal_child_health', event_type, 'b' || n || kind || i, 1, 0, 'upsert', mother_id, pregnancy_id,
    md5('B' || n || kind || i)::uuid, data, said_on
from child cross join lateral (
    select 'n' as kind, 0 as i, 'pregnancy.notified' as event_type, born - 200 as said_on,
        jsonb_build_object('notified_on', born - 200, 'handbook_issued_on', born - 200, 'issue_kind', 'new',
            'gestational_weeks', case when n % 15 = 0 then 14 else 9 end, 'edd', born + 3, 'fetus_count', 1) as data
    union all
    select 'e', i, 'prenatal_exam.recorded', born - 14 * i,
        jsonb_build_object('exam_date', born - 14 * i, 'gestational_weeks', 40 - 2 * i, 'coupon_no', i) from generate_series(1, 12) as i where n % 300 <> 0
    union all
    select 'p', i, 'postpartum_checkup.recorded', born + 14 * i,
        jsonb_build_object('exam_date', born + 14 * i, 'weeks_postpartum', case i when 1 then '2w' else '1m' end, 'epds_total', n % 12)
    from generate_series(1, 2) as i where born + 14 * i <= $3::date
) as told
where n between $1 and $2 and born > $3::date - 1826
order by born;

-- name: allowances
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on, in_care, care_from)
select md5('c' || n || kind)::uuid, source, event_type, 'c' || n || kind, 1, 0, 'upsert', mother_id, md5('C' || n || kind)::uuid, data,
    greatest(born, $3::date - 1826), array[person_id], greatest(born, $3::date - 1826)
from child cross join lateral (values
    ('a', 'child_allowances', 'allowance.entitlement_changed',
        jsonb_build_object('kind', 'child', 'entitled_from', greatest(born, $3::date - 1826), 'payment_status', 'full')),
    ('r', 'child_allowances', 'allowance.entitlement_changed',
        jsonb_build_object('kind', 'child_rearing', 'entitled_from', greatest(born, $3::date - 900), 'payment_status', 'full')),
    ('l', 'single_parent_loan', 'loan.changed', jsonb_build_object('kind', 'school', 'valid_from', greatest(born, $3::date - 700), 'status', 'active'))
) as told (kind, source, event_type, data)
where n between $1 and $2 and (kind = 'a' or (kind = 'r' and n % 12 = 0) or n % 200 = 0);

-- name: entitlements
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data, said_on, case_id)
select md5('o' || n || kind)::uuid, source, event_type, 'o' || n || kind, 1, 0, 'upsert', person_id, md5('O' || n || kind)::uuid, data, $3::date - 30,
    case kind when 'w' then md5('W' || n)::uuid end
from child cross join lateral (values
    ('w', 'public_assistance', 'public_assistance.member_changed',
        jsonb_build_object('member_from', greatest(born, $3::date - 800), 'started_on', $3::date - 900), n % 50 = 0),
    ('m', 'medical_subsidy', 'medical_subsidy.changed',
        jsonb_build_object('kind', 'child', 'valid_from', greatest(born, $3::date - 1826), 'status', 'active'), true),
    ('s', 'medical_subsidy', 'medical_subsidy.changed',
        jsonb_build_object('kind', 'single_parent', 'valid_from', greatest(born, $3::date - 900), 'status', 'active'), n % 12 = 0),
    ('d', 'disability', 'disability.certificate_changed',
        jsonb_build_object('kind', 'day_support_certificate', 'decided_on', greatest(born, $3::date - 600), 'valid_from', greatest(born, $3::date - 600),
            'valid_to', $3::date + 100, 'status', 'issued'), n % 45 = 0),
    ('c', 'child_consultation', 'consultation.status_changed',
        jsonb_build_object('status', case when n % 3 = 0 then 'open' else 'closed' end, 'opened_on', greatest(born, $3::date - 400),
            'closed_on', case when n % 3 <> 0 then $3::date - 60 end), n % 80 = 0),
    ('u', 'childcare', 'childcare.use_changed',
        jsonb_build_object('kind', 'licensed_childcare', 'valid_from', greatest(born + 300, $3::date - 1826), 'status', 'active'),
        born between $3::date - 2500 and $3::date - 300 and n % 5 <> 0)
) as told (kind, source, event_type, data, held)
where n between $1 and $2 and held;

-- name: counted
insert into fact_count (person_id, heard, told, person_version)
select person_id, count(*), count(*), 1 from fact group by person_id;

-- name: watermarks
-- $1 today, $2 sources.
insert into watermark (source, complete_through, complete_from, version, silent_on)
select source, $1::date - 1, $1::date - 1826, 1, $1::date + 30 from unnest($2::text[]) as source;

-- name: indexes
-- $1 tables: what they are searched by, but for their keys.
select indexdef, indexname from pg_indexes
where schemaname = 'scorer' and tablename = any($1::text[]) and indexname not in (select conname from pg_constraint);
