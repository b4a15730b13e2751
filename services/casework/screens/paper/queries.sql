-- A child on paper.

-- name: next_number
select nextval('paper_number')
