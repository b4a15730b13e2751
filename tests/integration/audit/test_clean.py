"""
A log to which nothing happened but what happens every day raises no alarm: redelivery, reordering, restarts (audit.md §5).

`TSUNAGU_CLEAN_ENTRIES=1000000 ./tsunagu test tests/integration/audit/test_clean.py` does it with a million.
"""

import os
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.messages import AccessRecorded
from infra.clock import FixedClock
from infra.testing.fixtures import START, Database
from services.audit import producers, publishing
from services.audit.domain.soundness.rolls import rolls_text, settled
from services.audit.memory import Memory
from services.audit.offline.command import main
from services.audit.verification import examine, new_examiner
from tests.integration.audit.log import SIGNER, hear, seal
from tests.unit.audit.builders import REGISTER, access, lanes_told, signed

ENTRIES = int(os.environ.get("TSUNAGU_CLEAN_ENTRIES", "3000"))
LANES = (("casework", 0), ("casework", 1), ("scorer", 0), ("ingest", 3))
PARCEL = 50
LATE = 20
"""So many parcels may overtake one."""


def parcels(chance: random.Random) -> Iterator[list[AccessRecorded]]:
    """Every entry of every lane, in parcels of one lane that overtake each other; some come twice, or in part again."""
    told = [
        [signed(access(number, producer=producer, lane=lane)) for number in range(first, min(first + PARCEL, ENTRIES // len(LANES) + 1))]
        for first in range(1, ENTRIES // len(LANES) + 1, PARCEL)
        for producer, lane in LANES
    ]
    waiting: list[list[AccessRecorded]] = []
    while told or waiting:
        while told and len(waiting) < LATE:
            waiting.append(told.pop(0))
        parcel = waiting.pop(chance.randrange(len(waiting)))
        yield parcel
        if chance.random() < 0.2:
            waiting.append(chance.choice((parcel, parcel[: chance.randrange(1, PARCEL)], parcel[::-1])))


@pytest.mark.timeout(300 + ENTRIES // 20)
async def test_a_clean_log_raises_no_alarm_however_it_came(database: Database, tmp_path: Path) -> None:
    pool, clock, chance = await database.pool("audit"), FixedClock(START), random.Random(4)  # noqa: S311 -- an order, not a secret
    memory, examiner, reports = Memory(SIGNER.verifier, tmp_path / "signed.json"), new_examiner(SIGNER.verifier, REGISTER), []
    for count, parcel in enumerate(parcels(chance)):
        clock.at += timedelta(milliseconds=chance.randrange(400))
        await hear(pool, clock, parcel, REGISTER)
        if count % 30 == 29:
            await hear(pool, clock, [signed(lanes_told(producer=producer, lanes={str(lane): 1})) for producer, lane in LANES], REGISTER)
        if count % 7 == 0:
            await seal(pool, clock, memory=memory)
        if count % 40 == 39:
            memory = Memory(SIGNER.verifier, tmp_path / "signed.json")
            await seal(pool, clock, memory=memory)
            async with pool.acquire() as db:
                reports.append(await examine(db, examiner, SIGNER.verifier, anchors=memory.notes(), at=clock.at))
                await publishing.write_tiles(db, SIGNER.verifier, tmp_path / "tiles")
    await seal(pool, clock, memory=memory)
    lasts = {producer: {str(lane): ENTRIES // len(LANES) for name, lane in LANES if name == producer} for producer, _ in LANES}
    await hear(pool, clock, [signed(lanes_told(producer=producer, lanes=lanes)) for producer, lanes in lasts.items()], REGISTER)
    clock.at += timedelta(minutes=5)

    async with pool.acquire() as db:
        full = await examine(db, new_examiner(SIGNER.verifier, REGISTER), SIGNER.verifier, anchors=memory.notes(), at=clock.at)
        await publishing.write_tiles(db, SIGNER.verifier, tmp_path / "tiles")
        (tmp_path / "rolls").write_text(rolls_text(settled(await producers.rolls(db), clock.at).values()))
    (tmp_path / "register").write_text("\n".join(REGISTER.lines))
    assert (full.size, full.findings) == (ENTRIES, ())
    # On its way a lane may lack numbers that were overtaken: nothing else may be said of it.
    assert {finding.kind for report in reports for finding in report.findings} <= {"sequence_gap"}
    assert await pool.fetchval("select count(*) from quarantine") == 0
    held_to = ["--register", str(tmp_path / "register"), "--rolls", str(tmp_path / "rolls")]
    assert main(["producers", str(tmp_path / "tiles"), "--vkey", SIGNER.verifier_key, *held_to]) == 0
