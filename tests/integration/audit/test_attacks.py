"""
The attacks of audit.md §4, as PostgreSQL's superuser with the guards off, on the log that the service itself wrote.

Two are prevented. Of the other 22 all but one are told with the entry, the interval or the numbers that they are about: whoever has the
log's key and the producers', too, changes unseen what is not cosigned yet. The witness has cosigned 300 and 600 entries, not the 20 above.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.local.postgres import PostgresServer
from infra.testing.fixtures import START
from services.audit import store
from services.audit.domain.leaf import columns_of, leaf_of
from services.audit.domain.merkle import leaf_hash, tree_root
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import FindingKind as Kind
from services.audit.domain.soundness.findings import Outcome
from tests.integration.audit.attacked import ENTRIES, Attacked, places
from tests.integration.audit.conftest import copied_log, unguarded
from tests.integration.audit.log import SIGNER, hear, seal
from tests.unit.audit.builders import KEYS, REGISTER, access, event_of, lanes_told, signed

SEALED = (100, 300, 500, ENTRIES)
TAIL = 20
"""Entries that no witness has cosigned yet."""

Place = tuple[Kind, int | None, int | None]


@dataclass
class Attack:
    """A superuser at the log, who may have the log's key; and what the witness cosigned before."""

    log: Attacked
    cosigned: list[str]

    async def leaf(self, index: int) -> bytes:
        leaf: bytes = await self.log.admin.fetchval("select leaf from audit.entry where idx = $1", index)
        return leaf

    async def put(self, index: int, leaf: bytes, *, hashed: bool = True) -> None:
        """Write a leaf into its place with all columns that follow from it; its hash too, unless that is forgotten."""
        said = columns_of(leaf)
        sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(store.COLUMN_NAMES, start=3))
        values = [getattr(said, name) for name in store.COLUMN_NAMES]
        await self.log.admin.execute(f"update audit.entry set leaf = $2, {sets} where idx = $1", index, leaf, *values)
        if hashed:
            await self.log.admin.execute("update audit.entry set hash = $2 where idx = $1", index, leaf_hash(leaf))

    async def renumber(self, start: int, by: int) -> None:
        await self.log.renumber(start, by)

    async def sign_anew(self) -> None:
        """With the log's key: kept roots and checkpoints as if the log had always been so."""
        admin = self.log.admin
        await self.log.keep_subtrees_anew()
        await admin.execute("delete from audit.checkpoint")
        hashes = [row["hash"] for row in await admin.fetch("select hash from audit.entry order by idx")]
        for size in dict.fromkeys(min(size, len(hashes)) for size in (*SEALED, ENTRIES + TAIL)):
            root = tree_root(hashes[:size])
            await admin.execute("insert into audit.checkpoint values ($1, $2, $3, $4)", size, root, SIGNER.seal(size, root), START)

    async def verified(self) -> Report:
        return await self.log.verified(anchors=self.cosigned)


@pytest_asyncio.fixture
async def attack(postgres: PostgresServer, signed_log: str) -> AsyncIterator[Attack]:
    async with copied_log(postgres, signed_log) as copied:
        log = Attacked(await copied.pool("audit"), await unguarded(copied), REGISTER)
        yield await attackable(log)
        await log.admin.close()


async def attackable(log: Attacked) -> Attack:
    cosigned = [row["note"] for row in await log.admin.fetch("select note from audit.checkpoint where size in (300, $1)", ENTRIES)]
    await hear(log.pool, FixedClock(START), [signed(access(sequence)) for sequence in range(ENTRIES + 1, ENTRIES + TAIL + 1)], REGISTER)
    await seal(log.pool, FixedClock(START))
    return Attack(log, cosigned)


def another(index: int, **changes: Any) -> bytes:
    """Another deed in the place of entry `index`, under the same number."""
    return leaf_of(event_of(access(index + 1, **({"action": "casework.list_opened"} | changes))), START)


async def one_leaf(a: Attack) -> None:
    await a.log.admin.execute("update audit.entry set leaf = $1 where idx = 342", another(342))


async def leaf_and_columns(a: Attack) -> None:
    await a.put(342, another(342))


async def leaf_and_signatures(a: Attack) -> None:
    await a.put(342, another(342))
    await a.sign_anew()


async def columns_alone(a: Attack) -> None:
    await a.log.admin.execute("update audit.entry set actor = null where idx = 342")


async def one_row(a: Attack) -> None:
    await a.log.admin.execute("delete from audit.entry where idx = 342")


async def one_row_signed(a: Attack) -> None:
    await one_row(a)
    await a.renumber(343, -1)
    await a.sign_anew()


async def tail_within(a: Attack) -> None:
    await a.log.admin.execute("delete from audit.entry where idx >= 550")
    await a.sign_anew()


async def tail_at_a_checkpoint(a: Attack) -> None:
    await a.log.admin.execute("delete from audit.entry where idx >= 500")
    await a.log.admin.execute("delete from audit.checkpoint where size > 500")
    await a.log.admin.execute("delete from audit.subtree where idx >= 500 >> level")


async def whole_log(a: Attack) -> None:
    for index in range(ENTRIES + TAIL):
        await a.put(index, another(index, action="casework.child_opened", origin="192.0.2.1"))
    await a.sign_anew()


async def put_in_the_middle(a: Attack) -> None:
    admin = a.log.admin
    await a.renumber(342, 1)
    await admin.execute("create temporary table extra as select * from audit.entry where idx = 343")
    await admin.execute("update extra set idx = 342")
    await admin.execute("insert into audit.entry select * from extra")
    await a.put(342, leaf_of(event_of(access(1, lane=7)), START))
    await a.sign_anew()


async def two_swapped(a: Attack) -> None:
    one, other = await a.leaf(342), await a.leaf(344)
    await a.put(342, other)
    await a.put(344, one)


async def two_swapped_and_signed(a: Attack) -> None:
    await two_swapped(a)
    await a.sign_anew()


async def producers_clock_back(a: Attack) -> None:
    later = access(ENTRIES + TAIL + 1, occurred_at=access(1).occurred_at - timedelta(days=30))
    await hear(a.log.pool, FixedClock(START), [signed(later)], REGISTER)
    await seal(a.log.pool, FixedClock(START))


async def both_clocks_back(a: Attack) -> None:
    before = START - timedelta(days=30)
    later = access(ENTRIES + TAIL + 1, occurred_at=access(1).occurred_at - timedelta(days=30))
    await hear(a.log.pool, FixedClock(before), [signed(later)], REGISTER)
    await seal(a.log.pool, FixedClock(before))


async def said_again(a: Attack) -> None:
    admin, size = a.log.admin, ENTRIES + TAIL
    await admin.execute("create temporary table extra as select * from audit.entry where idx = 42")
    await admin.execute("update extra set idx = $1", size)
    await admin.execute("insert into audit.entry select * from extra")
    await seal(a.log.pool, FixedClock(START))


async def gap_of_three(a: Attack) -> None:
    first = ENTRIES + TAIL + 4
    await hear(a.log.pool, FixedClock(START), [signed(access(number)) for number in range(first, first + 5)], REGISTER)
    await seal(a.log.pool, FixedClock(START))


async def last_five_suppressed(a: Attack) -> None:
    told = signed(lanes_told(lanes={"0": ENTRIES + TAIL}))
    await hear(a.log.pool, FixedClock(START), [told], REGISTER)
    await a.log.admin.execute("delete from audit.entry where idx >= $1", ENTRIES + TAIL - 5)
    await a.log.admin.execute("delete from audit.number where idx >= $1", ENTRIES + TAIL - 5)
    await a.sign_anew()


async def producer_forged(a: Attack) -> None:
    await hear(a.log.pool, FixedClock(START), [access(1, producer="linker", action="linker.pair_opened")], REGISTER)
    await seal(a.log.pool, FixedClock(START))


async def producer_forged_with_another_key(a: Attack) -> None:
    forged = KEYS[ServiceName.CASEWORK].signed(access(1, producer="linker", action="linker.pair_opened"))
    await hear(a.log.pool, FixedClock(START), [forged], REGISTER)
    await seal(a.log.pool, FixedClock(START))


async def producer_forged_in_the_log(a: Attack) -> None:
    admin, forged = a.log.admin, access(1, producer="linker", action="linker.pair_opened")
    await admin.execute("create temporary table extra as select * from audit.entry where idx = 42")
    await admin.execute("update extra set idx = $1, producer = 'linker', sequence = 1", ENTRIES + TAIL)
    await admin.execute("insert into audit.entry select * from extra")
    await a.put(ENTRIES + TAIL, leaf_of(event_of(forged), START))
    await a.sign_anew()


async def triggers_off_and_tail_gone(a: Attack) -> None:
    await a.log.admin.execute("delete from audit.entry where idx >= 590")


async def tail_not_cosigned(a: Attack) -> None:
    await a.put(ENTRIES + 7, another(ENTRIES + 7))
    await a.sign_anew()


SEEN: tuple[tuple[Callable[[Attack], Awaitable[None]], Outcome, tuple[Place, ...]], ...] = (
    (one_leaf, Outcome.TAMPERED, ((Kind.HASH_DIFFERS, 342, 342),)),
    (leaf_and_columns, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 499), (Kind.SUBTREE_DIFFERS, 256, 511))),
    (leaf_and_signatures, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 599),)),
    (columns_alone, Outcome.TAMPERED, ((Kind.COLUMN_DIFFERS, 342, 342),)),
    (one_row, Outcome.TAMPERED, ((Kind.ENTRIES_MISSING, 342, 342),)),
    (one_row_signed, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 599), (Kind.SEQUENCE_GAP, None, None))),
    (tail_within, Outcome.TAMPERED, ((Kind.ENTRIES_CUT_OFF, 550, 599),)),
    (tail_at_a_checkpoint, Outcome.TAMPERED, ((Kind.ENTRIES_CUT_OFF, 500, 599),)),
    (whole_log, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 0, 299),)),
    (put_in_the_middle, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 599),)),
    (two_swapped, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 499), (Kind.SUBTREE_DIFFERS, 256, 511))),
    (two_swapped_and_signed, Outcome.TAMPERED, ((Kind.HISTORY_CHANGED, 300, 599),)),
    (producers_clock_back, Outcome.INCOMPLETE, ((Kind.CLOCK_WENT_BACK, 620, 620),)),
    (both_clocks_back, Outcome.INCOMPLETE, ((Kind.CLOCK_WENT_BACK, 620, 620),)),
    (said_again, Outcome.TAMPERED, ((Kind.SEQUENCE_REPEATED, 620, 620),)),
    (gap_of_three, Outcome.INCOMPLETE, ((Kind.SEQUENCE_GAP, None, None),)),
    (last_five_suppressed, Outcome.INCOMPLETE, ((Kind.SEQUENCE_GAP, None, None),)),
    (producer_forged, Outcome.INCOMPLETE, ((Kind.UNATTESTED_KEPT, None, None),)),
    (triggers_off_and_tail_gone, Outcome.TAMPERED, ((Kind.ENTRIES_CUT_OFF, 590, 599),)),
    (tail_not_cosigned, Outcome.TAMPERED, ((Kind.UNATTESTED, ENTRIES + 7, ENTRIES + 7),)),
)
"""
Each with the verdict and places that are among the findings.

With the log's key the database's own checkpoints say what they are told to: the interval is the one between two that were cosigned. Which
entries differ, the witness's hashes tell (`tsunagu audit verify diff`, `test_witness.py`). `whole_log` stands for two of the list, with
the producers' keys and without.
"""

FORGED = (
    (producer_forged_with_another_key, Outcome.INCOMPLETE, ((Kind.UNATTESTED_KEPT, None, None),)),
    (producer_forged_in_the_log, Outcome.TAMPERED, ((Kind.UNATTESTED, ENTRIES + TAIL, ENTRIES + TAIL),)),
)
"""The same attack by other ways: with another service's key, and by whoever writes into the database and has the log's key."""


@pytest.mark.parametrize(("does", "outcome", "expected"), [*SEEN, *FORGED], ids=[does.__name__ for does, _, _ in (*SEEN, *FORGED)])
async def test_an_attack_is_seen_and_it_is_said_where(
    does: Callable[[Attack], Awaitable[None]], outcome: Outcome, expected: tuple[Place, ...], attack: Attack
) -> None:
    assert (await attack.verified()).findings == ()

    await does(attack)

    report = await attack.verified()
    assert report.outcome is outcome
    for kind, first, last in expected:
        assert (first, last) in places(report, kind), (kind, report.findings)


async def test_only_who_has_the_log_and_its_producers_keys_changes_unseen_what_no_witness_has_cosigned(attack: Attack) -> None:
    changed = signed(access(ENTRIES + 8, action="casework.list_opened"))
    await attack.put(ENTRIES + 7, leaf_of(event_of(changed), START, key=changed.key, signature=changed.signature))
    await attack.sign_anew()

    assert (await attack.verified()).outcome is Outcome.SOUND, "seen now: it belongs to SEEN"


async def test_a_superuser_who_only_switches_ordinary_triggers_off_changes_nothing(log: Attacked, copy: Any) -> None:
    admin = await asyncpg.connect(copy.admin_url)
    for table in ("entry", "number", "checkpoint", "subtree", "quarantine"):
        await admin.execute(f"alter table audit.{table} enable always trigger no_change")
    await admin.execute("set session_replication_role = replica")

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute("update audit.entry set actor = null where idx = 42")

    await admin.close()
    assert (await log.verified()).outcome is Outcome.SOUND


async def test_what_was_said_is_not_taken_a_second_time(attack: Attack) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await attack.log.admin.execute("insert into audit.number select producer, lane, sequence, 620 from audit.number where idx = 42")

    await hear(attack.log.pool, FixedClock(START), [signed(access(43))], REGISTER)
    assert (await attack.verified()).size == ENTRIES + TAIL


def test_the_attacks_are_those_of_the_list() -> None:
    prevented, needs_all_keys, both_rewrites_are_one_here = 2, 1, 1

    assert len(SEEN) + both_rewrites_are_one_here + needs_all_keys + prevented == 24
