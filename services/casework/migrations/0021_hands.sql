-- In whose hands a case is, in its own row: the first page and the views of the list ask it of every case of a ward.
alter table cases
    -- The sections that were asked what they know and have not answered.
    add column unanswered text[] not null default '{}',
    -- Who asked for the move that waits.
    add column asked_by uuid,
    -- Who asked for what was sent back, until it is asked for again or the case goes on.
    add column sent_back_to uuid,
    -- The last thing that was done with it, and by whom.
    add column touched_at timestamptz,
    add column touched_by uuid;

-- On which day the case was due when this was done: whether it was in time can be said of what was done since then.
alter table case_move add column was_due_on date;

select set_config('tsunagu.actor', 'system', true);

update cases set (touched_at, touched_by) = (
    select moved_at, moved_by from case_move as made where made.case_id = cases.case_id order by version desc limit 1
);
update cases set asked_by = (select moved_by from case_move as made where made.case_id = cases.case_id and made.asks order by version desc limit 1)
where asks is not null;
update cases set unanswered = array(
    select section from (
        select details, version from case_move as began
        where began.case_id = cases.case_id and began.move = 'start_investigation' order by version desc limit 1
    ) as asked cross join lateral jsonb_array_elements_text(coalesce(asked.details -> 'sections', '[]')) as section
    where not exists (
        select from case_move as answer
        where answer.case_id = cases.case_id and answer.move = 'answer_investigation' and answer.by_section = section and answer.version > (
            select max(came.version) from case_move as came
            where came.case_id = cases.case_id and came.to_state = 'investigation' and came.from_state <> 'investigation'
        )
    )
    order by section
) where state = 'investigation';
update cases set sent_back_to = (
    select asked.moved_by from case_move as asked where asked.case_id = cases.case_id and asked.asks and asked.version < back.version
    order by version desc limit 1
) from case_move as back
where back.case_id = cases.case_id and back.move = 'send_back' and not exists (
    select from case_move as later where later.case_id = back.case_id and later.version > back.version
      and (later.asks or later.move = 'send_back' or later.from_state <> later.to_state)
);

select set_config('tsunagu.actor', '', true);
