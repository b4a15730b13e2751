"""What the log does by the clock: seal itself, verify itself."""

import structlog

from infra.service import Service
from infra.telemetry import SEALS_REFUSED
from services.audit import actions
from services.audit.actions import HistoryChanged
from services.audit.domain.soundness import Outcome
from services.audit.memory import Memory, MemoryUnusable
from services.audit.signer import Signer
from services.audit.verification import verify_and_record

log = structlog.get_logger()

SAID_EVERY = 60
"""A refusal is tried every second; the log says it once a minute, the metric counts each."""


class Keeper:
    """Seals and verifies the log of `service` with the key of `signer`, holding it to what `memory` says was signed last."""

    def __init__(self, service: Service, signer: Signer, memory: Memory) -> None:
        self._service = service
        self._signer = signer
        self._memory = memory
        self._refusals = 0

    def history_continues(self) -> bool:
        """Whether the log still continued what was signed last when it was to be sealed last."""
        return self._refusals == 0

    async def seal(self) -> None:
        """Sign a checkpoint if the log grew. A log whose history changed is left unsealed, loudly, until somebody has looked."""
        try:
            async with self._service.work() as work:
                sealed = await actions.seal(work.db, self._signer, work.now, self._memory)
        except (HistoryChanged, MemoryUnusable) as error:
            self._refuse(error)
            return
        if self._refusals:
            log.warning("audit.history_continues", refused=self._refusals)
            self._refusals = 0
        if sealed is not None:
            log.debug("audit.sealed", size=sealed)

    def _refuse(self, error: HistoryChanged | MemoryUnusable) -> None:
        if self._refusals % SAID_EVERY == 0:
            log.critical("audit.history_changed", reason=str(error))
        self._refusals += 1
        self._service.telemetry.count(SEALS_REFUSED)

    async def verify(self) -> None:
        """Verify the whole log and keep what was found."""
        async with self._service.pool.acquire() as db:
            now = self._service.clock.now()
            report = await verify_and_record(db, self._signer.public_key, at=now, origin=self._signer.origin)
        say = log.info if report.outcome is Outcome.SOUND else log.error
        say("audit.verified", outcome=str(report.outcome), size=report.size, findings=report.findings_total)
