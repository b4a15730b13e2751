-- The past: what was held just before an instant (migrations/0021_what_was.sql).

-- name: kept_since
-- Since when what was held is kept, and before which it was forgotten. Nothing is forgotten until the transaction of whoever asks ends.
select since, forgotten_until from past_kept for share;

-- name: where_looked
-- In which schemas tables are looked up.
select current_setting('search_path');

-- name: look_back
-- $1 instant, $2 in which schemas tables were looked up: the past's views go before the tables of their names until it is said otherwise.
select set_config('scorer.known_at', $1::timestamptz::text, true), set_config('search_path', 'scorer_known, ' || $2::text, true);

-- name: look_again
-- $1 in which schemas tables are looked up.
select set_config('search_path', $1::text, true);
