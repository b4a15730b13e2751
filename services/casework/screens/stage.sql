case
            when cases.state in ('approach', 'assessment', 'planning', 'support', 'watch_over') then 'going_on'
            when coalesce(cases.state, 'noticed') <> 'noticed' then cases.state
            when review.needed then 'not_started'
            else 'reasons_gone'
        end
