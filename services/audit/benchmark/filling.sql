-- name: fill
-- Entries as the log keeps them, made by the database itself: $1, $2 bigint index from, to (exclusive), $3 timestamptz of entry 0, $4 interval
-- between two, $5 int members of staff, $6 int children, $7 text id of the producer's key, $8 text signature (of its length; it is nobody's).
with drawn as (
    select idx, $3::timestamptz + idx * $4::interval as ts, (hashint8(idx) & 1073741823) % $5::int as officer,
        (hashint8(idx + 7919) & 1073741823) % $6::int as child
    from generate_series($1::bigint, $2::bigint - 1) as idx
),
named as (
    select idx, ts, md5('entry ' || idx)::uuid as event_id, md5('officer ' || officer)::uuid as actor, md5('child ' || child)::uuid as thing,
        to_char(ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as instant
    from drawn
),
written as materialized (
    select idx, ts, event_id, actor, thing, convert_to(
        '{"event":{"action":"casework.child_opened","actor":{"id":"' || actor || '","role":"ward_clerk","session":null,"ward":"hakata"},'
        || '"correlation":null,"count":null,"decision":"permit","event_id":"' || event_id || '","fields":["name","birth_date","address_code"],'
        || '"lane":0,"occurred_at":"' || instant || '","origin":null,"producer":"casework","purpose":"EARLY_SUPPORT","reason_code":null,'
        || '"relation":"team","sequence":' || idx + 1 || ',"thing":{"id":"' || thing || '","kind":"child","ward":"hakata"},'
        || '"type":"AccessRecorded"},"key":"' || $7::text || '","received":"' || instant || '","signature":"' || $8::text || '","v":2}',
        'UTF8'
    ) as leaf
    from named
),
numbered as (
    insert into number (producer, lane, sequence, idx) select 'casework', 0, idx + 1, idx from written
)
insert into entry (
    idx, event_id, type, ts, received, producer, lane, sequence, actor, role, actor_ward, action, thing_kind, thing_id, thing_ward, purpose,
    decision, relation, leaf, hash
)
select idx, event_id, 'AccessRecorded', ts, ts, 'casework', 0, idx + 1, actor, 'ward_clerk', 'hakata', 'casework.child_opened', 'child',
    thing::text, 'hakata', 'EARLY_SUPPORT', 'permit', 'team', leaf, sha256('\x00'::bytea || leaf)
from written order by idx
