"""What the log does by the clock: seal itself, verify itself."""

import asyncio

import asyncpg
import structlog

from infra.postgres import is_transient
from infra.service import Service
from infra.telemetry import SEALS_REFUSED
from services.audit import actions, producers, store
from services.audit.actions import HistoryChanged
from services.audit.apart import apart
from services.audit.domain.note import Checkpoint
from services.audit.domain.soundness.examiner import Examiner, Report
from services.audit.domain.soundness.findings import Outcome
from services.audit.memory import Memory, MemoryUnusable
from services.audit.offline.attesting import Register
from services.audit.rollcall import Rollcall
from services.audit.signer import Signer
from services.audit.verification import BaseChanged, Job, carry_out, record

log = structlog.get_logger()

SAID_EVERY = 60
"""A refusal is tried every second; the log says it once a minute, the metric counts each."""


class Keeper:
    """Seals and verifies the log of `service` with the key of `signer`, holding it to what `memory` says was signed last."""

    def __init__(self, service: Service, signer: Signer, memory: Memory, register: Register) -> None:
        self._service = service
        self._register = register
        self.rollcall = Rollcall(lambda: service.pool, register)
        self._signer = signer
        self._memory = memory
        self._refusals = 0
        self._examiner: Examiner | None = None
        self.report: Report | None = None
        self._verifying = asyncio.Lock()
        self._asked = False
        self._witnessed: str | None = None

    def hold_to(self, note: str) -> None:
        """Hold the log to what a witness cosigned, from now on: of several notes, to the one about most entries."""
        if self._witnessed is None or self._said(note) >= self._said(self._witnessed):
            self._witnessed = note

    def history_continues(self) -> bool:
        """Whether the log still continued what was signed last when it was to be sealed last."""
        return self._refusals == 0

    @property
    def outcome(self) -> Outcome | None:
        """What this process found when it verified last, whatever the database says that it found; None before the first time."""
        return None if self.report is None else self.report.outcome

    @property
    def is_verifying(self) -> bool:
        """Whether a verification of the whole log runs or is about to."""
        return self._asked

    def ask(self) -> None:
        """Have the whole log verified now. Asked while that runs, it is the same verification."""
        self._asked = True

    async def seal(self) -> None:
        """Sign a checkpoint if the log grew. A log whose history changed is left unsealed, loudly, until somebody has looked."""
        try:
            async with self._service.work() as work:
                sealed = await actions.seal(work.db, self._signer, work.now, self._memory, self._heads())
        except (HistoryChanged, MemoryUnusable, asyncpg.PostgresError) as error:
            if is_transient(error):
                raise
            # A log that was dropped, or made anew in another form, went back like one that was emptied.
            self._refuse(error)
            return
        if self._refusals:
            log.warning("audit.history_continues", refused=self._refusals)
            self._refusals = 0
        if sealed is not None:
            log.debug("audit.sealed", size=sealed)

    async def make_room(self) -> None:
        """Have a place for millions of entries to come: one that has none could not be appended."""
        async with self._service.work() as work:
            added = await store.add_segments(work.db)
        if added:
            log.info("audit.segments_added", segments=added)

    async def know_producers(self) -> None:
        """Say in the log by which keys it knows its producers, and take in what was set aside for want of one."""
        async with self._service.work() as work:
            await actions.take_keys(work, self._register.lines)
        entries = 0
        place: producers.Place | None = producers.FIRST
        while place is not None:
            async with self._service.work() as work:
                some = await actions.readmit(work, self._register.fault, place)
            entries, place = entries + some.entries, some.last
        if entries:
            log.warning("audit.readmitted", entries=entries)

    async def verify_all(self) -> None:
        """Verify the whole log and keep what was found. An installation that has nothing yet has nothing to verify."""
        self.ask()
        await self.verify_if_asked()

    async def verify_growth(self) -> None:
        """Verify what the log grew by since this process verified it, with the proof that it begins with that; all, if it never did."""
        async with self._verifying:
            if await self._log_size() == (self._examiner.size if self._examiner is not None else 0):
                return
            try:
                await self._verify(self._examiner)
            except BaseChanged as error:
                log.critical("audit.verified_part_changed", reason=str(error))
                await self._verify(None)

    async def verify_if_asked(self) -> None:
        """Verify the whole log if somebody asked for it. What the log grew by is verified for itself: that answers nobody."""
        async with self._verifying:
            # Looked at in here only: whoever came before us has answered.
            if not self._asked:
                return
            try:
                if await asyncio.to_thread(self._memory.notes) or await self._log_size():
                    await self._verify(None)
            finally:
                self._asked = False

    async def _verify(self, examiner: Examiner | None) -> None:
        at, notes = self._service.clock.now(), await asyncio.to_thread(self._memory.notes)
        if self._witnessed is not None and self._heads()[0] not in await asyncio.to_thread(self._memory.given_up):
            notes += (self._witnessed,)
        url = self._service.settings.database_url.get_secret_value()
        self._examiner, report = await apart(carry_out, Job(url, self._signer.verifier, self._register, notes, at, examiner))
        self.report = report
        async with self._service.pool.acquire() as db:
            await record(db, report, at, is_full=examiner is None)
        self._say(report, is_full=examiner is None)

    async def _log_size(self) -> int:
        async with self._service.pool.acquire() as db:
            return await store.log_size(db)

    def _say(self, report: Report, *, is_full: bool) -> None:
        say = log.info if report.outcome is Outcome.SOUND else log.error
        say("audit.verified", outcome=str(report.outcome), size=report.size, findings=report.findings_total, full=is_full)

    def _said(self, note: str) -> int:
        return self._signer.verifier.said(note).size

    def _heads(self) -> tuple[Checkpoint, ...]:
        return () if self._witnessed is None else (self._signer.verifier.said(self._witnessed),)

    def _refuse(self, error: Exception) -> None:
        if self._refusals % SAID_EVERY == 0:
            log.critical("audit.history_changed", reason=str(error))
        self._refusals += 1
        self._service.telemetry.count(SEALS_REFUSED)
