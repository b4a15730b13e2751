"""What the log does by the clock: seal itself, verify itself."""

import structlog

from infra.service import Service
from services.audit import actions
from services.audit.actions import HistoryChanged
from services.audit.domain.soundness import Outcome
from services.audit.signer import Signer
from services.audit.verification import verify_and_record

log = structlog.get_logger()


class Keeper:
    """Seals and verifies the log of `service` with the key of `signer`."""

    def __init__(self, service: Service, signer: Signer) -> None:
        self._service = service
        self._signer = signer

    async def seal(self) -> None:
        """Sign a checkpoint if the log grew. A log whose history changed is left unsealed, and the error is said every time."""
        try:
            async with self._service.work() as work:
                sealed = await actions.seal(work.db, self._signer, work.now)
        except HistoryChanged as error:
            log.error("audit.history_changed", reason=str(error))
            return
        if sealed is not None:
            log.debug("audit.sealed", size=sealed)

    async def verify(self) -> None:
        """Verify the whole log and keep what was found."""
        async with self._service.pool.acquire() as db:
            now = self._service.clock.now()
            report = await verify_and_record(db, self._signer.public_key, at=now, origin=self._signer.origin)
        say = log.info if report.outcome is Outcome.SOUND else log.error
        say("audit.verified", outcome=str(report.outcome), size=report.size, findings=report.findings_total)
