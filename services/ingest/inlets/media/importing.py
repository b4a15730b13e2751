"""
Takes a bundle: all of it is verified before a row is looked at, all rows are judged before one is taken; then they go to the desk.

Nothing is taken where anything is wrong. What was broken off (a process that was killed) is taken to its end when the same bundle is
brought again: ids and revisions follow from the batch, so whatever was taken before is a repetition. A bundle never lies on a disk of
the city in the clear, and no row of it in a table.
"""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

import asyncpg

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Source
from infra.postgres import Database
from infra.service import Service
from services.ingest import store as ledger
from services.ingest.desk import Desk
from services.ingest.domain.admission import Door, Inlet
from services.ingest.domain.compiled import Glance
from services.ingest.domain.reading import RawEvent, examine
from services.ingest.domain.refusals import Refusal
from services.ingest.inlets.media import keeping, store
from services.ingest.inlets.media.keeping import AT_THE_COMMAND_LINE, By
from services.ingest.inlets.media.order import State, Turn, turn_of
from services.ingest.inlets.media.rows import Sheet, events_of, kind_of, places_of
from services.ingest.inlets.media.school.bundle import Manifest, Opened, Unverified, public_key_of
from services.ingest.inlets.media.school.faults import Fault, NotTaken
from services.ingest.inlets.media.school.tables import ROWS_MAX, read_table
from services.ingest.inlets.media.store import People
from services.ingest.room import DeskFull
from services.ingest.settings import IngestSettings
from services.ingest.submissions import Submission

TOGETHER = 500
FAULTS_MAX = 50
_ROOM_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a bundle. `outcomes` are those of its rows, now or when they were taken first."""

    manifest: Manifest
    turn: Turn
    rows: int = 0
    ignored: tuple[str, ...] = ()
    """Files that said nothing new."""
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle that was verified whole, and who brought it. Without sheets where it was taken before."""

    manifest: Manifest
    signer: str
    digest: bytes
    turn: Turn
    people: People
    gap: str | None = None
    by: By = AT_THE_COMMAND_LINE
    sheets: tuple[Sheet, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows are to be taken."""
        return sum(len(sheet.table.rows) for sheet in self.sheets)

    def events(self) -> Iterator[RawEvent]:
        """Return each row as an event, in order."""
        for sheet in self.sheets:
            for _, _, event in events_of(self.manifest, sheet):
                yield event


class Importer:
    """What brings bundles to the desk of a service."""

    def __init__(self, service: Service, desk: Desk, settings: IngestSettings) -> None:
        self._service = service
        self._desk = desk
        self._identity = settings.media_identity
        self._sources = settings.media_sources
        self._ahead = timedelta(seconds=settings.clocks_ahead_seconds)
        self._in_hand: set[bytes] = set()

    @property
    def is_busy(self) -> bool:
        """Whether a bundle is in hand that was not taken to its end yet: one at a time, for a bundle is in memory whole."""
        return bool(self._in_hand)

    async def take(self, bundle: bytes, people: People, *, gap: str | None = None) -> Taken:
        """
        Take a bundle, whole or not at all. `gap` is the ticket under which a person says that numbers before it are missing for good.

        Raises NotTaken with all that is wrong; the attempt is in the audit log.
        """
        return await self.finish(await self.begin(bundle, people, gap=gap))

    def finish_soon(self, plan: Verified) -> asyncio.Task[None]:
        """Take what was verified, in a task of the service: tried again where it fails, until it is taken."""
        self._in_hand.add(plan.digest)

        async def finish() -> None:
            await self.finish(plan)
            self._in_hand.discard(plan.digest)

        return self._service.tasks.keep(finish, name="media import")

    async def begin(self, bundle: bytes, people: People, *, gap: str | None = None, by: By = AT_THE_COMMAND_LINE) -> Verified:
        """Verify a bundle whole, and keep that its import begins. Raises NotTaken, as `take` does."""
        seen: list[Opened] = []
        try:
            _two(people)
            plan = await self._verified(bundle, seen, people, gap, by)
            if plan.turn is not Turn.DONE:
                await self._begin(plan)
        except NotTaken as refused:
            async with self._service.work() as work:
                await keeping.refused(work, refused, seen, bundle, people, by)
            raise
        return plan

    async def finish(self, plan: Verified) -> Taken:
        """Take what was verified. Done again after it was broken off, it comes to the same end."""
        if plan.turn is Turn.DONE:
            # Whoever took it may have been ended before this was said.
            await self._mark(plan)
            return Taken(plan.manifest, plan.turn)
        outcomes = await self._submit(plan)
        async with self._service.work() as work:
            taken = await store.end(work.db, plan.digest, plan.manifest.files, plan.rows, outcomes, at=work.now)
            if taken:
                keeping.imported(work, plan.manifest, plan.rows, plan.by)
        await self._mark(plan)
        return Taken(plan.manifest, plan.turn, plan.rows, plan.ignored, outcomes)

    async def _begin(self, plan: Verified) -> None:
        try:
            async with self._service.work() as work:
                await store.begin(work.db, plan.digest, plan.manifest, plan.signer, plan.people, state=State.IMPORTING, at=work.now)
                keeping.begun(work, plan.manifest, plan.gap, plan.people, plan.by)
        except asyncpg.UniqueViolationError:
            raise NotTaken(Fault("replayed")) from None

    async def _verified(self, bundle: bytes, seen: list[Opened], people: People, gap: str | None, by: By) -> Verified:
        if self._identity is None:
            raise NotTaken(Fault("no_media_key"))
        unverified = await asyncio.to_thread(Unverified, bundle, self._identity.get_secret_value())
        async with self._service.pool.acquire() as db:
            signer = await store.signer(db, unverified.signer)
            if signer is None or signer.revoked:
                raise NotTaken(Fault("unknown_signer" if signer is None else "revoked_signer"))
            opened = await asyncio.to_thread(unverified.opened, public_key_of(signer.public_key.hex()))
            seen.append(opened)
            manifest, source = opened.manifest, self._source(opened.manifest, signer)
            turn = await self._turn(db, opened, source, gap)
            ignored = await store.taken_before(db, manifest, signer.signer_id) if turn is Turn.NEW else set()
            purposes, _ = await ledger.purposes(db)
        if turn is Turn.DONE:
            return Verified(manifest, opened.signer, opened.digest, turn, people)
        now, today = self._service.clock.now(), self._service.clock.today()
        door = Door(source, Inlet.MEDIA, today, now + self._ahead, purposes)
        sheets = await asyncio.to_thread(_judged, opened, door, ignored)
        return Verified(manifest, opened.signer, opened.digest, turn, people, gap, by, sheets, tuple(sorted(ignored)))

    def _source(self, manifest: Manifest, signer: store.Signer) -> Source:
        if manifest.source not in self._sources:
            raise NotTaken(Fault("not_by_media"))
        if manifest.source not in signer.sources:
            raise NotTaken(Fault("not_their_source"))
        if manifest.made_at > self._service.clock.now() + self._ahead:
            raise NotTaken(Fault("made_ahead"))
        if manifest.complete_through is not None and manifest.complete_through > self._service.clock.today():
            raise NotTaken(Fault("complete_ahead"))
        return Source(manifest.source)

    async def _turn(self, db: Database, opened: Opened, source: Source, gap: str | None) -> Turn:
        manifest = opened.manifest
        withdrawn = await store.medium_is_withdrawn(db, manifest.media_id)
        if withdrawn is not False:
            raise NotTaken(Fault("unknown_medium" if withdrawn is None else "withdrawn_medium"))
        known = await store.numbered(db, source, opened.signer)
        turn = turn_of(known, opened.digest, manifest.batch_id, manifest.sequence, gap_accepted=gap is not None)
        if await store.digest_of(db, manifest.batch_id) not in {None, opened.digest}:
            raise NotTaken(Fault("replayed"))
        return turn

    async def _submit(self, plan: Verified) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        events, offset = plan.events(), 0
        while together := tuple(islice(events, TOGETHER)):
            outcomes.update(await self._answered(plan, together, offset))
            offset += len(together)
        return outcomes

    async def _answered(self, plan: Verified, events: tuple[RawEvent, ...], offset: int) -> list[str]:
        name = str(plan.manifest.batch_id)
        submission = Submission(Source(plan.manifest.source), Inlet.MEDIA, events, name, offset=offset, message_id=name, together=True)
        while True:
            try:
                return [answer.outcome.value for answer in await self._desk.submit(submission)]
            except DeskFull:
                await asyncio.sleep(_ROOM_SECONDS)

    async def _mark(self, plan: Verified) -> None:
        """Say how far the source is complete, once all who sign for it have said so: absence can be concluded up to that day only."""
        source = Source(plan.manifest.source)
        async with self._service.pool.acquire() as db:
            through = await store.complete_through(db, source)
        if plan.manifest.complete_through is None or through is None:
            return
        made = plan.manifest.made_at.isoformat()
        event: dict[str, Any] = {"specversion": "1.0", "id": f"{plan.manifest.batch_id}.complete.{through}", "source": source.value}
        event |= {"type": WATERMARK_TYPE, "time": made, "data": {"complete_through": through.isoformat()}}
        await self._answered(plan, (examine(event),), plan.rows)


def _two(people: People) -> None:
    """Raise NotTaken where operator and verifier are one person, however the code is written."""
    same = len({unicodedata.normalize("NFKC", code).strip().casefold() for code in (people.operator, people.verifier)}) < 2  # noqa: PLR2004
    if same or not people.operator.strip() or not people.verifier.strip():
        raise NotTaken(Fault("same_person"))


def _judged(opened: Opened, door: Door, ignored: set[str]) -> tuple[Sheet, ...]:
    """
    Return the files to be taken. Every hash is looked at before any file is read, every file is read before any row is judged.

    What the manifest says of columns and rows is looked at first, so that nothing is ever read of which too much would have to be kept.
    """
    entries = opened.manifest.files
    if sum(entry.rows for entry in entries) > ROWS_MAX:
        raise NotTaken(Fault("too_large"))
    kinds = [kind_of(door.login, entry) for entry in entries]
    files = list(opened.verified())
    encoding = opened.manifest.encoding
    sheets = [
        Sheet(number, entry, kinds[number], read_table(entry.name, content, encoding, entry))
        for number, (entry, content) in enumerate(files)
    ]
    faults = list(islice(_faults(opened.manifest, sheets, door), FAULTS_MAX))
    if faults:
        raise NotTaken(*faults)
    return tuple(sheet for sheet in sheets if sheet.entry.name not in ignored)


def _faults(manifest: Manifest, sheets: list[Sheet], door: Door) -> Iterator[Fault]:
    glance, met = Glance(door), set()
    for sheet in sheets:
        for line, record, event in events_of(manifest, sheet):
            verdict = glance.judged(event)
            if isinstance(verdict, Refusal):
                yield from places_of(sheet, line, verdict.faults)
            elif (sheet.kind.type, record) in met:
                yield Fault("repeated_row", sheet.entry.name, line)
            met.add((sheet.kind.type, record))
