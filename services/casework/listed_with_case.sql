update review set (
    case_state, case_due_on, case_asks, case_asked_by, case_sent_back_to, case_unanswered, case_handover, case_touched_at, case_touched_by
) = (
    written.state, written.due_on, written.asks is not null, written.asked_by, written.sent_back_to, written.unanswered, written.handover,
    written.touched_at, written.touched_by
) from written where review.person_id = written.person_id and review.case_id = written.case_id
