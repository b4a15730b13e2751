-- What the list counts and orders by stands with the review, that of its case too: of all that is open in a ward nothing else is read, and the
-- wall around the review is a comparison of its own columns. The wall around a case asks for its person, 15 µs each, and a list asks of thousands.
alter table review
    -- The more groups of reasons, the further up.
    add column fewness integer not null generated always as (-cardinality(groups)) stored,
    -- Of its case, as `listed_with_case.sql` writes them with every change of one: null without a case.
    add column case_state text,
    add column case_due_on date,
    add column case_asks boolean,
    add column case_asked_by uuid,
    add column case_sent_back_to uuid,
    add column case_unanswered text[],
    add column case_handover text,
    add column case_touched_at timestamptz,
    add column case_touched_by uuid;

select set_config('tsunagu.actor', 'system', true);

update review set (
    case_state, case_due_on, case_asks, case_asked_by, case_sent_back_to, case_unanswered, case_handover, case_touched_at, case_touched_by
) = (
    select state, due_on, asks is not null, asked_by, sent_back_to, unanswered, handover, touched_at, touched_by
    from cases where cases.case_id = review.case_id
)
where case_id is not null;

select set_config('tsunagu.actor', '', true);

-- What another ward offers is found by where it is offered to; what the coordinator lists, by its measure.
create index review_offered on review (offered_to) where closed_at is null and offered_to is not null;
create index review_protected on review (person_id) where closed_at is null and protected;
