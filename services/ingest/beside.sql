-- What the processes of ingest tell each other, so that a watermark by AMQP overtakes nothing that another one has in hand.

-- name: be_at_work
-- $1 text process. It takes from the queue of the sources from now on, or still.
insert into at_work (process, told_at) values ($1, clock_timestamp())
on conflict (process) do update set told_at = excluded.told_at

-- name: be_gone
-- $1 text process: it has settled everything, or whoever had its place before it is no more.
with gone as (delete from watermark_asked where process = $1)
delete from at_work where process = $1

-- name: are_others
-- $1 text process, $2 float8 seconds: whether others took from the queue within so many.
select exists (select from at_work where process <> $1 and told_at > clock_timestamp() - make_interval(secs => $2))

-- name: ask
-- $1 text process: it has a watermark. Asks are in one order for all.
insert into watermark_asked (process) values ($1) returning ask

-- name: have_all_answered
-- $1 bigint ask, $2 text process that asks, $3 float8 seconds: of the others that took from the queue within so many.
select not exists (
    select from at_work
    where process <> $2 and told_at > clock_timestamp() - make_interval(secs => $3)
        and not exists (select from watermark_answered a where a.ask = $1 and a.process = at_work.process)
)

-- name: withdraw
-- $1 bigint ask: it is settled, or given up.
delete from watermark_asked where ask = $1

-- name: asked_by_others
-- $1 text process. What others asked and it has not answered.
select ask from watermark_asked
where process <> $1 and not exists (select from watermark_answered a where a.ask = watermark_asked.ask and a.process = $1)
order by ask

-- name: answer
-- $1 bigint[] asks, $2 text process: it has settled what it was given before them.
insert into watermark_answered (ask, process)
select ask, $2 from watermark_asked where ask = any($1::bigint[]) order by ask
on conflict do nothing
