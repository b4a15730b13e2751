"""Nightly extracts on a real database: a folder, a desk of its own, and a city of files."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.service import Service
from infra.testing.fixtures import Database
from services.ingest.desk import Desk
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.inlets.extract import adapters
from services.ingest.inlets.extract.folder import Folders
from services.ingest.inlets.extract.taking import Came, Rules, Taker
from services.ingest.settings import IngestSettings

WELFARE = Source.PUBLIC_ASSISTANCE
HEADINGS = (
    "ケース番号,宛名番号,世帯員氏名カナ,世帯員開始年月日,世帯員終了年月日,保護開始年月日,停止開始年月日,停止終了年月日,廃止年月日,"
    "最終更新日時,削除フラグ,処理日時"
)


def member(number: int, **cells: str) -> str:
    """A row of the welfare office's list."""
    told = {
        "ケース番号": f"W-{number // 3:06}",
        "宛名番号": f"{number:015}",
        "世帯員氏名カナ": "カクウ ハナ",
        "世帯員開始年月日": "4310401",
        "世帯員終了年月日": "",
        "保護開始年月日": "R1.5.1",
        "停止開始年月日": "",
        "停止終了年月日": "",
        "廃止年月日": "9999999",
        "最終更新日時": "2026/03/30 12:34:56",
        "削除フラグ": "0",
        "処理日時": "20260331020000",
    }
    told |= cells
    return ",".join(told.values())


def table(rows: Sequence[str], encoding: str = "cp932") -> bytes:
    """A whole file."""
    return "".join(f"{row}\r\n" for row in [HEADINGS, *rows]).encode(encoding)


def settings(database: Database, **more: Any) -> IngestSettings:
    return IngestSettings(
        database_url=SecretStr(database.url("ingest")),
        broker_url=SecretStr("amqp://nobody@127.0.0.1:1/"),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        **more,
    )


@dataclass(frozen=True, slots=True)
class Night:
    """What a test does with extracts."""

    service: Service
    folders: Folders
    taker: Taker
    root: Path
    clock: FixedClock

    @property
    def welfare(self) -> Adapter:
        found = adapters.taking(adapters.load_all(adapters.EXAMPLES), WELFARE, "SEIHO_SETAIIN_20260331.csv")
        assert found is not None
        return found

    def path(self, date: str = "20260331", source: Source = WELFARE) -> Path:
        folder = self.root / source.value
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"SEIHO_SETAIIN_{date}.csv"

    def lies(self, rows: Sequence[str] | bytes, date: str = "20260331") -> Path:
        """Put a file into the folder, as a source does: under another name first."""
        path = self.path(date)
        draft = path.with_name(path.name + ".part")
        draft.write_bytes(rows if isinstance(rows, bytes) else table(rows))
        return draft.rename(path)

    async def comes(self, rows: Sequence[str] | bytes, date: str = "20260331", **options: Any) -> Came:
        """Take a file at once."""
        return await self.taker.take(self.lies(rows, date), self.welfare, **options)

    async def fetch(self, statement: str, *arguments: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.service.pool.fetch(statement, *arguments)]

    async def extracts(self) -> list[dict[str, Any]]:
        return await self.fetch("select * from extract order by last_at, file_name")


@asynccontextmanager
async def night(database: Database, root: Path, clock: FixedClock, rules: Rules | None = None) -> AsyncIterator[Night]:
    service = Service(ServiceName.INGEST, settings(database))
    service.clock = clock
    async with service.unheard():
        taker = Taker(service, Desk(service), rules or Rules())
        known = await asyncio.to_thread(adapters.load_all, adapters.EXAMPLES)
        yield Night(service, Folders(service, taker, root, known), taker, root, clock)
