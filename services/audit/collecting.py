"""
What the log finds about itself comes into the work queue by itself: missing numbers, silence, quarantine, verifications, seals, witness.

Each once, whatever is looked at how often. What is only on its way (a witness that is late for a moment) is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import asyncpg

from infra.postgres import Database
from infra.service import Service
from services.audit import findings, producers, store
from services.audit.domain.admission import EQUIVOCATION
from services.audit.domain.findings.hits import Hit, Sign
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import INCOMPLETE_KINDS, FindingKind
from services.audit.keeper import Keeper
from services.audit.rollcall import Alarms
from services.audit.signer import Verifier
from services.audit.views import COSIGNED_WITHIN

LOOK_SECONDS = 15.0
AT_ONCE = 500
LOG = "log"
QUARANTINE = "quarantine"
"""What it is called of which it is remembered how far it was read."""
ELSEWHERE = {FindingKind.SEQUENCE_GAP, FindingKind.EQUIVOCATION, FindingKind.UNATTESTED_KEPT}
"""What a verification finds that is found by itself, too, with more to say."""
EACH = 50
"""So many things that one verification found of a kind are told one by one, the others together."""


@dataclass(slots=True)
class Collector:
    """Brings into the queue what `keeper` and the database of `service` know. `now` counts seconds, by a clock that nobody sets."""

    service: Service
    keeper: Keeper
    verifier: Verifier
    _late: dict[str, float] = field(default_factory=dict)

    async def look(self) -> None:
        """Look once."""
        async with self.service.pool.acquire() as db:
            hits = [
                *of_alarms(self.keeper.rollcall.alarms, await _last_words(db)),
                *(of_report(self.keeper.report) if self.keeper.report is not None else ()),
                *await self._of_seals(db),
            ]
        if hits:
            async with self.service.work() as work:
                await findings.raise_all(work, hits)
        while await self._read_quarantine():
            pass

    async def _read_quarantine(self) -> bool:
        """Make findings of what was set aside since it was read last; tell whether there may be more. The mark is kept with them."""
        async with self.service.pool.acquire() as db:
            upto = await db.fetchval(findings.SQL.collected, QUARANTINE) or 0
            rows = await db.fetch(findings.SQL.quarantined_after, upto, AT_ONCE)
        if rows:
            async with self.service.work() as work:
                await findings.raise_all(work, [_set_aside(row) for row in rows])
                await work.db.execute(findings.SQL.keep_collected, QUARANTINE, rows[-1]["number"])
        return len(rows) == AT_ONCE

    async def _of_seals(self, db: Database) -> list[Hit]:
        found = []
        if not self.keeper.history_continues():
            last = await store.last_checkpoint(db, self.verifier)
            found.append(Hit("history_refused", LOG, [Sign(f"checkpoint {last.size if last is not None else 0}")]))
        cosigned = await store.last_cosigned(db)
        # A clock that leaps makes everything late for a moment: it is late when it stays so by a clock that nobody sets.
        if cosigned is not None and self._is_away(cosigned.size, is_waiting=await store.log_size(db) > cosigned.size):
            found.append(Hit("witness_away", cosigned.witness, [Sign(f"cosigned {cosigned.size}")]))
        return found

    def _is_away(self, size: int, *, is_waiting: bool) -> bool:
        name, now = f"cosigned {size}", self.keeper.rollcall.now()
        self._late = {name: self._late.get(name, now)} if is_waiting else {}
        return is_waiting and now - self._late[name] > 2 * COSIGNED_WITHIN.total_seconds()


def of_alarms(alarms: Alarms, last_words: dict[str, str]) -> Iterator[Hit]:
    """What has been missing for minutes. A producer that falls silent again has said something in between."""
    for it in alarms.numbers:
        signs = [Sign(f"from {it.numbers.first}")]
        yield Hit("numbers_missing", f"{it.producer}/{it.lane}", signs, figures={"first": it.numbers.first, "last": it.numbers.last})
    for name in alarms.silent:
        yield Hit("producer_silent", name, [Sign(last_words.get(name, "never heard"))])


def of_report(report: Report) -> Iterator[Hit]:
    """What a verification found: of each kind the first by their place, and that there are more."""
    seen: dict[FindingKind, int] = {}
    for it in report.findings:
        if it.kind in ELSEWHERE:
            continue
        seen[it.kind] = seen.get(it.kind, 0) + 1
        if seen[it.kind] > EACH:
            continue
        kind = _kind_of(it.kind)
        place = f"{it.first} {it.last}" if it.first is not None else it.text
        figures = {} if it.first is None else {"first": it.first, "last": it.last if it.last is not None else it.first}
        yield Hit(kind, it.kind, [Sign(place, it.first)], figures=figures)
    for each, count in seen.items():
        if count > EACH:
            yield Hit(_kind_of(each), each, [Sign(f"and {count - EACH} more")])


def _kind_of(kind: FindingKind) -> str:
    return "log_incomplete" if kind in INCOMPLETE_KINDS else "log_altered"


async def _last_words(db: Database) -> dict[str, str]:
    return {roll.producer: f"last heard {roll.heard.isoformat()}" for roll in await producers.rolls(db)}


def _set_aside(row: asyncpg.Record) -> Hit:
    kind = "contradiction_found" if row["reason"] == EQUIVOCATION else "unattested_found"
    signs = [Sign(f"{row['event_id']} {row['said']}")]
    return Hit(kind, f"{row['producer']} {row['reason']}", signs, first_at=row["at"], last_at=row["at"])
