-- The purpose register (LAW-02) names every source of the city's table (`domain.md` §1.3). What the board of education holds it provides
-- (第69条第2項第3号); what the mayor's departments hold is used within them (第2号). Names and days are provisional, as those of the first
-- three are; who has entered a source already keeps that row.
insert into source_registration (source, purpose, basis, nature, reason, approver, since, review_on)
select
    source,
    'EARLY_SUPPORT',
    '個人情報保護法第69条第2項第' || paragraph.item,
    'standing',
    paragraph.reason,
    'こども未来局こども健やか部こども家庭課',
    date '2022-04-01',
    date '2035-03-31'
from (
    values
        (
            '2号',
            '法令の定める事務（児童福祉・母子保健）の遂行に必要な限度で内部利用するものであり、SOSを待たずに困難を抱えるこどもや家庭を早期に発見し'
            || '支援につなげるために、相当の理由がある。',
            array[
                'child_allowances', 'special_child_allowance', 'single_parent_loan', 'childcare', 'medical_subsidy', 'disability',
                'long_term_care', 'child_consultation'
            ]
        ),
        (
            '3号',
            '教育委員会が保有するものの提供を受け、法令の定める事務（児童福祉・母子保健）の遂行に必要な限度で利用するものであり、SOSを待たずに'
            || '困難を抱えるこどもや家庭を早期に発見し支援につなげるために、相当の理由がある。',
            array['pupil_registry', 'school_affairs', 'lifestyle_learning_survey', 'school_aid', 'school_lunch_fee']
        )
) as paragraph (item, reason, sources)
cross join unnest(paragraph.sources) as source
on conflict (source) do nothing;
