"""Takes an extract and is killed at one point on the way: `python -m tests.integration.ingest.killed URL FILE POINT`."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.service import Service
from services.ingest.desk import Desk
from services.ingest.inlets.extract import adapters, store, telling
from services.ingest.inlets.extract.taking import Rules, Taker
from services.ingest.settings import IngestSettings

TIMES = {"next_of_plan": 3, "settle": 2, "count_told": 2}
"""At which call: a point that is met for every page is not met for the first alone."""


async def main(url: str, path: Path, point: str) -> None:
    settings = IngestSettings(
        database_url=SecretStr(url),
        broker_url=SecretStr("amqp://nobody@127.0.0.1:1/"),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
    )
    whole, left = getattr(store, point), TIMES.get(point, 1)

    async def killed(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return await whole(*arguments, **options)

    setattr(store, point, killed)
    telling.PAGE = 5
    service = Service(ServiceName.INGEST, settings)
    service.clock = FixedClock(datetime(2026, 4, 1, 1, 0, tzinfo=UTC))
    adapter = adapters.taking(adapters.load_all(adapters.EXAMPLES), Source.PUBLIC_ASSISTANCE, path.name)
    assert adapter is not None
    async with service.unheard():
        await Taker(service, Desk(service), Rules()).take(path, adapter)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
