"""
How long it takes to say what another ruleset would change in a whole city.

    python tests/benchmarks/simulating.py [--children N] [--rounds R]

A database of `--children` children with every item answered and superseded once (five years of a city's answers are some rows a child and
item), records of checkups and of postpartum screenings, filled without the service. In turn: a rule that asks for less, a threshold of
one item (17: its answers are computed anew from the records), and a grace that concerns three items of everybody. Beside it the limit:
reading what counts, and the records of the same children, without computing.
"""

import argparse
import asyncio
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import asyncpg

from contracts.values import Item
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer
from infra.migrating import LOGINS, migrate_all
from services.scorer import loading, simulation
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.rulesets import DOCUMENTS, read
from services.scorer.domain.rulesets.concerns import concerned

PASSWORD = secrets.token_hex(8)
TODAY = date(2026, 11, 26)
SOFTWARE = DOCUMENTS[IN_USE.ruleset.name]

_PEOPLE = """
insert into person (person_id, version, birth_date, sex, residence, places)
select md5('p' || n)::uuid, 1, born, case when n % 2 = 0 then 'female' else 'male' end, jsonb_build_array(jsonb_build_array(born, null)),
    jsonb_build_array(jsonb_build_array(born, null, (array['higashi', 'hakata', 'chuo', 'minami', 'jonan', 'sawara', 'nishi'])[n % 7 + 1]))
from generate_series(1, $1::int) as n, lateral (select $2::date - (n * 7919 % 5500) as born) as b
"""
_MOTHERS = """
insert into person (person_id, version, birth_date, sex, residence, places)
select md5('m' || n)::uuid, 1, '1990-01-01', 'female', '[["1990-01-01", null]]', '[["1990-01-01", null, "hakata"]]'
from generate_series(1, $1::int) as n
"""
_BIRTHS = """
insert into delivery (child_id, pregnancy_id, mother_id)
select md5('p' || n)::uuid, md5('g' || n)::uuid, md5('m' || n)::uuid from generate_series(1, $1::int) as n
"""
_SCREENED = """
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, pregnancy_id, event_id, data)
select md5('e' || n)::uuid, 'maternal_child_health', 'postpartum_checkup.recorded', 'e' || n, 1, 0, 'upsert', md5('m' || n)::uuid,
    md5('g' || n)::uuid, md5('v' || n)::uuid, jsonb_build_object('exam_date', p.birth_date + 14, 'epds_total', n % 16)
from generate_series(1, $1::int) as n join person p on p.person_id = md5('p' || n)::uuid where p.birth_date > '2021-11-01'
"""
_CHECKUPS = """
insert into fact (key, source, event_type, record_id, revision, said, operation, person_id, event_id, data)
select md5('k' || n || k)::uuid, 'maternal_child_health', 'infant_checkup.recorded', 'k' || n || k, 1, 0, 'upsert', md5('p' || n)::uuid,
    md5('w' || n || k)::uuid, jsonb_build_object('checkup_type', k, 'exam_date', p.birth_date + days)
from generate_series(1, $1::int) as n join person p on p.person_id = md5('p' || n)::uuid
cross join (values ('4m', 130), ('18m', 560), ('3y', 1120)) as checkup (k, days) where n % 25 <> days % 25
"""
_ANSWERS = """
insert into evaluation (person_id, item, value, counted, valid_from, reason_code, evidence, detail, parameters_version, known_at,
    written_at, superseded_at)
select md5('p' || n)::uuid, item, case when hash % 40 = 0 then 'TRUE' when hash % 3 = 0 then 'UNKNOWN' else 'FALSE' end,
    p.birth_date > (case item when 'epds_high' then '2025-11-26' else '2020-04-01' end)::date,
    p.birth_date, 'received', case when hash % 3 = 0 then '{}'::uuid[] else array[md5('v' || n)::uuid] end,
    '{"window_start": "2024-06-10"}',
    '2026-2', now(), now(), superseded_at
from generate_series(1, $1::int) as n join person p on p.person_id = md5('p' || n)::uuid
cross join unnest($2::text[]) with ordinality as i (item, place)
cross join (values (null::timestamptz), (now())) as s (superseded_at)
cross join lateral (select n * 31 + place * 17 as hash) as h
"""
_WATERMARKS = """
insert into watermark (source, complete_through, version)
select unnest(array['maternal_child_health', 'public_assistance']), $1::date, 1
"""


async def filled(server: PostgresServer, children: int) -> None:
    """A database of a city."""
    admin = await asyncpg.connect(server.url())
    await admin.execute("create database city template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
    await admin.close()
    await migrate_all(server.url("city"), dict.fromkeys(LOGINS, PASSWORD))
    db = await asyncpg.connect(server.url("city"))
    await db.execute("set search_path = scorer")
    await db.execute(_PEOPLE, children, TODAY)
    for statement in (_MOTHERS, _BIRTHS, _SCREENED, _CHECKUPS):
        await db.execute(statement, children)
    await db.execute(_ANSWERS, children, [item.value for item in Item])
    await db.execute(_WATERMARKS, TODAY - timedelta(days=1))
    await db.execute("vacuum analyze")
    answers, facts = await db.fetchval("select count(*) from evaluation"), await db.fetchval("select count(*) from fact")
    say(f"{children:,} children, {answers:,} rows of answers, {facts:,} records")
    await db.close()


def named(name: str, more: str = "", **numbers: int) -> Programme:
    """The software's ruleset under another name, with other numbers, and with `more` at its end."""
    document = SOFTWARE.replace(f'name = "{IN_USE.ruleset.name}"', f'name = "{name}"')
    for key, number in numbers.items():
        document = re.sub(rf"^{key} = \d+", f"{key} = {number}", document, flags=re.MULTILINE)
    return Programme.of(read(document + more))


async def timed(what: str, question: Callable[[], Awaitable[str]]) -> None:
    """Say how long it took."""
    began = time.perf_counter()
    told = await question()
    say(f"{time.perf_counter() - began:6.2f} s  {what}: {told}")


async def measured(server: PostgresServer, children: int, rounds: int) -> None:
    """Fill a city, and simulate in turn."""
    await filled(server, children)
    db = await asyncpg.connect(f"postgresql://scorer:{PASSWORD}@127.0.0.1:{server.port}/city")
    fewer = named("FK-2", groups_needed=3)
    threshold = named("FK-3", "\n[parameters]\nepds_high_from = 13\n")
    grace = named("FK-4", "\n[parameters]\ncheckup_grace_days = 90\n")

    async def simulated(then: Programme) -> str:
        outcome = await simulation.simulate(db, TODAY, IN_USE, then)
        total = outcome.simulation.total
        return f"{total.before} before, {total.after} after, {outcome.asked_again} asked again"

    async def only_read(then: Programme) -> str:
        counted = await simulation.counted_now(db)
        tuning = concerned(then.ruleset.parameters.keys())
        children = await simulation.listed_otherwise(db, TODAY, tuning, IN_USE, then)
        feeds = await loading.feeds(db)
        for some in simulation.in_batches(children):
            await loading.load(db, some, then, feeds, only=tuning.items)
        return f"{len(counted)} children of whom something counts, records of {len(children)}"

    for _ in range(rounds):
        await timed("another rule", lambda: simulated(fewer))
        await timed("another threshold (17)", lambda: simulated(threshold))
        await timed("  the limit: read only", lambda: only_read(threshold))
        await timed("another grace (3a to 3c)", lambda: simulated(grace))
    await db.close()


def say(line: str) -> None:
    """Write a line where the caller reads it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=2)
    wish = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="tsunagu-simulating-"))
    root.chmod(0o711)
    server = PostgresServer(root, free_run(1), password=PASSWORD)
    server.start()
    try:
        asyncio.run(measured(server, wish.children, wish.rounds))
    finally:
        server.stop()
        server.remove()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
