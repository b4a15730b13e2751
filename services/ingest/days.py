"""What came on which day, by source."""

from infra.clock import JST
from infra.service import Service
from infra.sql import queries

SQL = queries(__file__, "days.sql")
FOLD_SECONDS = 3600.0


class Days:
    """Keeps the tally of days small: several connections count, and what they counted is put together when the day is over."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def fold(self) -> None:
        """Put together what was counted before today."""
        today = self._service.clock.now().astimezone(JST).date()
        await self._service.pool.execute(SQL.fold_days, today)
