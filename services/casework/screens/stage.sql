case
            when review.case_state in ('approach', 'assessment', 'planning', 'support', 'watch_over') then 'going_on'
            when coalesce(review.case_state, 'noticed') <> 'noticed' then review.case_state
            when review.needed then 'not_started'
            else 'reasons_gone'
        end
