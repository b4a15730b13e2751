"""Bundles taken by a program beside the service, with the service's own login and a desk of its own; and a school that is played."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pyrage import x25519

from contracts.catalogue import WATERMARK_TYPE
from contracts.ids import named
from contracts.values import ServiceName, Source
from infra.clock import JST
from infra.local.access import Access
from infra.local.deciding import work_at
from infra.local.secrets import write_secret
from infra.service import Service
from services.ingest.desk import Desk
from services.ingest.domain.watch import Rates
from services.ingest.inlets.media import keeping
from services.ingest.inlets.media.files import files_of
from services.ingest.inlets.media.importing import Importer, Taken
from services.ingest.inlets.media.school.__main__ import KEY_FILE, SEQUENCE_FILE
from services.ingest.inlets.media.school.bundle import Signer
from services.ingest.inlets.media.school.faults import Fault, NotTaken
from services.ingest.inlets.media.school.packing import Batch, Counted, packed
from services.ingest.inlets.media.store import People
from services.ingest.settings import IngestSettings

_APRIL = 4


@asynccontextmanager
async def importing(settings: IngestSettings) -> AsyncIterator[Importer]:
    """Yield what takes bundles, for as long as the block lasts; what is said of them is sent by the service that runs."""
    service = Service(ServiceName.INGEST, settings)
    rates = Rates(suspected=settings.numbering_suspected, false_alarm=settings.numbering_false_alarm)
    async with service.unheard():
        desk = Desk(service, rates=rates, ahead=timedelta(seconds=settings.clocks_ahead_seconds))
        yield Importer(service, desk, settings)


async def taken(settings: IngestSettings, bundle: bytes, *, operator: str, verifier: str, gap: str | None = None) -> Taken:
    """Take a bundle, whole or not at all. Raises NotTaken with all that is wrong."""
    async with importing(settings) as importer:
        return await importer.take(bundle, People(operator, verifier), gap=gap)


async def brought(
    settings: IngestSettings,
    keys: Path,
    source: Source,
    events: Sequence[Mapping[str, Any]],
    *,
    made_at: datetime,
    medium: str = "usb-demo",
) -> Taken:
    """
    Play a school: pack CloudEvents of `source` as its files, bring them, and record the erase.

    For demonstrations and stories. The key, drawn the first time, and the numbers lie in the folder `keys`; key and medium are registered
    on the way. Record, revision and id of each row follow from the batch, as for any other (`rows`).
    """
    if settings.media_identity is None:
        raise NotTaken(Fault("no_media_key"))
    signer, counted = _signer(keys), Counted(keys / SEQUENCE_FILE)
    async with work_at(ServiceName.INGEST, settings) as work:
        await keeping.register_signer(work, signer.public_hex, settings.media_sources, "demo")
        await keeping.register_medium(work, medium)
    sequence = counted.following(source)
    batch = Batch(
        batch_id=named(UUID(int=0), f"{signer.name}/{source}/{sequence}"),
        source=source,
        school_year=_school_year(made_at),
        made_at=made_at,
        made_by="demo",
        media_id=medium,
        sequence=sequence,
        complete_through=max((event["data"]["complete_through"] for event in events if event["type"] == WATERMARK_TYPE), default=None),
    )
    recipient = str(x25519.Identity.from_str(settings.media_identity.get_secret_value()).to_public())
    bundle = packed(batch, files_of(events), signer=signer, recipient=recipient)
    counted.used(source, sequence)
    came = await taken(settings, bundle, operator="demo-operator", verifier="demo-verifier")
    async with work_at(ServiceName.INGEST, settings) as work:
        await keeping.erased(work, medium, "demo-operator")
    return came


async def brought_to(access: Access, events: Sequence[Mapping[str, Any]]) -> tuple[str, str | None]:
    """
    Play a school on a stack, with events of one source that are published at the same instant.

    Returns what the first of them came to, and, where all were refused, the path.
    """
    source, made_at = Source(events[0]["source"]), datetime.fromisoformat(events[0]["time"])
    try:
        outcomes = await batch_brought_to(access, source, events, made_at)
    except NotTaken as refused:
        detail = refused.faults[0].detail
        return "refused", detail.partition(" ")[0] if detail is not None else refused.code
    return next(iter(outcomes), "duplicate"), None


async def batch_brought_to(access: Access, source: Source, events: Sequence[Mapping[str, Any]], made_at: datetime) -> Mapping[str, int]:
    """Play a school on a stack with a whole batch. Returns how many rows came to what. Raises NotTaken."""
    came = await brought(settings_at(access), access.root / "secrets" / "school", source, events, made_at=made_at)
    return came.outcomes


def settings_at(access: Access) -> IngestSettings:
    """Return ingest's settings on an embedded stack, whatever the environment says."""
    folder = access.root / "secrets" / ServiceName.INGEST
    return IngestSettings(_secrets_dir=str(folder), clock_file=access.clock_file, partitions=access.partitions)


def _school_year(at: datetime) -> int:
    day = at.astimezone(JST)
    return day.year if day.month >= _APRIL else day.year - 1


def _signer(keys: Path) -> Signer:
    file = keys / KEY_FILE
    if not file.exists():
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(file, Signer.drawn().hex)
    return Signer.of_hex(file.read_text(encoding="ascii"))
