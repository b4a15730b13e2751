"""A school with a key, and a city that knows it: bundles for tests."""

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import pyrage
from pydantic import SecretStr

from contracts.values import ServiceName, Source
from infra.clock import JST, FixedClock
from infra.service import Service
from infra.testing.fixtures import Database, unit_of_work
from services.ingest.desk import Desk
from services.ingest.inlets.media import keeping
from services.ingest.inlets.media.importing import Importer, Taken
from services.ingest.inlets.media.school.bundle import MANIFEST, FileEntry, Manifest, Signer, encrypted, signed
from services.ingest.inlets.media.school.packing import Batch, Encoding, packed
from services.ingest.inlets.media.school.tables import written
from services.ingest.inlets.media.store import People
from services.ingest.settings import IngestSettings

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
MEDIUM = "usb-07"
ATTENDANCE = "attendance.month_reported"
EXAM = "school_health.exam_recorded"
PUPILS = "pupil.registered"
COLUMNS = ("school_code", "pupil_key", "fiscal_year", "month", "school_days", "absent_days")
TWO = People("ito", "sato")


def attendance(month: int, *absent: int, key: str = "k") -> bytes:
    """A month of a school, a pupil for each number of days absent."""
    rows = [("B140213400001", f"{key}-{n}", 2026, month, 20, days) for n, days in enumerate(absent)]
    return written(COLUMNS, rows)


def exams(*weights: str) -> bytes:
    """Examinations of a school."""
    columns = ("school_code", "pupil_key", "fiscal_year", "exam_date", "height_cm", "weight_kg")
    return written(columns, [("B140213400001", f"k-{n}", 2026, "令和8年4月20日", "120.5", weight) for n, weight in enumerate(weights)])


def month_of(year: int, month: int) -> datetime:
    """When a batch of a month is made: early in the next one."""
    return (datetime(year, month, 1, 9, tzinfo=JST) + timedelta(days=33)).replace(day=2)


@dataclass(slots=True)
class School:
    """A signer that counts its batches."""

    signer: Signer = field(default_factory=Signer.drawn)
    sequence: int = 0

    def batch(self, made_at: datetime, *, source: str = "school_affairs", encoding: Encoding = "utf-8", **said: Any) -> Batch:
        """The next batch."""
        self.sequence += 1
        known: dict[str, Any] = {
            "batch_id": uuid4(),
            "made_by": "jimu-1",
            "media_id": MEDIUM,
            "sequence": self.sequence,
            "school_year": 2026,
        }
        return Batch(source=source, made_at=made_at, encoding=encoding, **known | said)

    def packs(self, batch: Batch, files: dict[str, bytes], recipient: str = RECIPIENT) -> bytes:
        """The bundle."""
        return packed(batch, files, signer=self.signer, recipient=recipient)

    def packs_anyway(
        self, batch: Batch, files: dict[str, bytes], *, manifest: dict[str, Any] | None = None, entries: Sequence[Any] = ()
    ) -> bytes:
        """A bundle of whatever it is, rightly signed: a school's own program, or somebody who has its key."""
        entry = [
            FileEntry(name=name, sha256=sha256(body).hexdigest(), rows=max(body.count(b"\n") - 1, 0), columns=_heading(body))
            for name, body in files.items()
        ]
        said = Manifest(
            batch_id=batch.batch_id,
            source=batch.source,
            school_year=batch.school_year,
            encoding=batch.encoding,
            made_at=batch.made_at,
            made_by=batch.made_by,
            media_id=batch.media_id,
            sequence=batch.sequence,
            files=tuple(entry),
        ).model_copy(update=manifest or {})
        within = io.BytesIO()
        with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, said.model_dump_json(warnings=False))
            for name, body in (*files.items(), *entries):
                archive.writestr(name, body)
        return encrypted(signed(within.getvalue(), self.signer.key), RECIPIENT)


def _heading(body: bytes) -> tuple[str, ...]:
    return tuple(body.split(b"\r\n", 1)[0].decode("ascii", "replace").split(","))


@dataclass(frozen=True, slots=True)
class City:
    """Ingest without a broker, which knows one school and one medium."""

    pool: asyncpg.Pool
    clock: FixedClock
    service: Service
    settings: IngestSettings
    school: School

    async def takes(self, bundle: bytes, people: People = TWO, *, gap: str | None = None) -> Taken:
        """Bring a bundle."""
        desk = Desk(self.service)
        return await Importer(self.service, desk, self.settings).take(bundle, people, gap=gap)

    async def registers(self, school: School, *sources: Source) -> None:
        """Let a school sign."""
        async with unit_of_work(self.pool, ServiceName.INGEST, self.clock) as work:
            await keeping.register_signer(
                work, school.signer.public_hex, sources or (Source.SCHOOL_AFFAIRS, Source.PUPIL_REGISTRY), "school-1"
            )

    async def erases(self, medium: str = MEDIUM) -> int:
        """Record an erase."""
        async with unit_of_work(self.pool, ServiceName.INGEST, self.clock) as work:
            return await keeping.erased(work, medium, "ito")

    async def stored(self) -> dict[str, int]:
        """How many rows stand in each table that a row of a bundle could reach."""
        tables = ("event_log", "record", "outbox", "parked", "media_file")
        return {table: await self.pool.fetchval(f"select count(*) from {table}") for table in tables}

    async def records(self) -> dict[str, int]:
        """The newest revision of each record."""
        return {
            row["record_id"]: row["revision"] for row in await self.pool.fetch("select record_id, revision from record order by record_id")
        }


@asynccontextmanager
async def city_of(database: Database, clock: FixedClock) -> AsyncIterator[City]:
    """The city."""
    settings = IngestSettings(
        database_url=SecretStr(database.url(ServiceName.INGEST)),
        broker_url=SecretStr("amqp://nobody@127.0.0.1:1/"),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        media_identity=SecretStr(str(IDENTITY)),
    )
    service = Service(ServiceName.INGEST, settings)
    service.clock = clock
    clock.at = datetime(2026, 11, 20, 9, tzinfo=JST)
    async with service.unheard():
        pool = await database.pool(ServiceName.INGEST)
        city = City(pool, clock, service, settings, School())
        await city.registers(city.school)
        async with unit_of_work(pool, ServiceName.INGEST, clock) as work:
            await keeping.register_medium(work, MEDIUM)
        yield city
