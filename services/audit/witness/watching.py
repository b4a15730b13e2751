"""What a witness does: fetch, hash, compare with all that it cosigned, and only then cosign."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path

import structlog

from services.audit.domain.merkle import EMPTY_ROOT, ProofRejected
from services.audit.domain.note import Checkpoint, Note, NoteMalformed, note_text, parse_note, read_checkpoint, signature_line
from services.audit.domain.published.asking import check_continues, parse_asked
from services.audit.domain.published.bundles import Malformed
from services.audit.offline.folder import text_of
from services.audit.offline.growing import Growth, HistoryDiffers
from services.audit.offline.trusting import NotTrusted, opened, signers_of
from services.audit.witness.fetching import LogAway, LogOverHttp
from services.audit.witness.keeping import Kept

log = structlog.get_logger()

TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class Seen(StrEnum):
    """What a look at the log came to."""

    NOTHING_NEW = "nothing_new"
    COSIGNED = "cosigned"
    REFUSED = "refused"
    AWAY = "away"
    FAILED = "failed"
    """Neither: the witness's own folder or machine is in trouble."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request to cosign (tlog-witness, "add-checkpoint")."""

    status: int
    body: str = ""
    kind: str = TEXT


@dataclass(slots=True)
class Witness:
    """
    One witness of one log. `now` tells the time in POSIX seconds.

    With `source` it cosigns nothing whose entries it has not hashed itself; without one, what a proof shows to continue the last.
    """

    kept: Kept
    now: Callable[[], int]
    source: LogOverHttp | None = None
    seen: Seen | None = None
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self) -> Seen:
        """Fetch the log's checkpoint, cosign it if the log grew, and tell the log what is held: also where it went back."""
        if self.source is None:
            return Seen.NOTHING_NEW
        try:
            async with self._one:
                # Asked for in here: while one waits, the log grows, and what was its newest would look as if it had gone back.
                self.seen = await self._judge(await self.source.checkpoint(), self.source)
            if self.kept.note is not None:
                await self.source.tell(note_text(self.kept.note))
        except LogAway as error:
            # A log that refuses what is held still is one that was refused.
            self.seen = Seen.REFUSED if self.seen is Seen.REFUSED else Seen.AWAY
            log.warning("witness.log_away", reason=str(error))
        except Exception:
            self.seen = Seen.FAILED
            raise
        return self.seen or Seen.AWAY

    async def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request to cosign."""
        try:
            asked = parse_asked(body.decode())
            note = parse_note(asked.checkpoint)
            offered, _ = read_checkpoint(note.text)
        except (NoteMalformed, UnicodeDecodeError):
            return Answer(HTTPStatus.BAD_REQUEST)
        if offered.origin != self.kept.log.name:
            return Answer(HTTPStatus.NOT_FOUND)
        try:
            if not signers_of(note, [self.kept.log]):
                return Answer(HTTPStatus.FORBIDDEN)
        except NotTrusted:
            return Answer(HTTPStatus.FORBIDDEN)
        if asked.old > offered.size:
            return Answer(HTTPStatus.BAD_REQUEST)
        async with self._one:
            return await self._add(note, offered, asked.old, asked.proof)

    async def _add(self, note: Note, offered: Checkpoint, old: int, proof: tuple[bytes, ...]) -> Answer:
        last = self.kept.last or Checkpoint(offered.origin, 0, EMPTY_ROOT)
        if old != last.size:
            return Answer(HTTPStatus.CONFLICT, f"{last.size}\n", SIZE)
        try:
            if not offered.size and offered.root != EMPTY_ROOT:
                raise ProofRejected("an empty tree has one root")  # noqa: TRY301 -- refused like every other
            check_continues(self.kept.last, offered, proof)
            if self.source is not None:
                await self._hash(note, offered, self.source)
        except (ProofRejected, HistoryDiffers) as error:
            # Anybody may send a wrong proof: only what the log itself signed, or hands out, shows that it told two pasts.
            two_roots = offered.size == last.size and offered.root != last.root
            self._refuse(note_text(note), str(error), contradicts=two_roots or isinstance(error, HistoryDiffers))
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY)
        except (LogAway, Malformed) as error:
            log.warning("witness.entries_away", reason=str(error))
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        return Answer(HTTPStatus.OK, signature_line(self.kept.cosign(note, self.now())))

    async def _judge(self, text: str | None, source: LogOverHttp) -> Seen:
        """Decide about the checkpoint that the log shows, and cosign it or not."""
        last = self.kept.last
        if text is None:
            if last is None:
                return Seen.NOTHING_NEW
            # Signed by nobody: a gateway says the same while the log is away.
            return self._refuse("", f"the log has no checkpoint; {last.size} entries were cosigned", contradicts=False)
        try:
            offered, note = opened(text, [self.kept.log])
            if last is not None and offered.size < last.size:
                raise HistoryDiffers(f"the log has {offered.size} entries; {last.size} were cosigned")  # noqa: TRY301 -- as below
            if offered == last:
                return Seen.NOTHING_NEW
            if last is not None and offered.size == last.size:
                raise HistoryDiffers(f"two roots of {last.size} entries")  # noqa: TRY301 -- refused like every other
            await self._hash(note, offered, source)
        except (HistoryDiffers, NotTrusted, NoteMalformed, Malformed) as error:
            return self._refuse(text, str(error), contradicts=isinstance(error, HistoryDiffers))
        self.kept.cosign(note, self.now())
        log.info("witness.cosigned", size=offered.size)
        return Seen.COSIGNED

    async def _hash(self, note: Note, offered: Checkpoint, source: LogOverHttp) -> None:
        """Fetch what the log grew by, and derive its root from the entries themselves."""
        root = self.kept.folder / "log"
        if (old := self._hashed(root)) == offered:
            return
        growth = Growth(root, old, offered, keeps_entries=False)
        for bundle in growth.wanted():
            growth.add(bundle, await source.entries(bundle))
        await asyncio.to_thread(growth.finish, note_text(note))

    def _hashed(self, root: Path) -> Checkpoint | None:
        text = text_of(root / "checkpoint")
        return None if text is None else opened(text, [self.kept.log])[0]

    def _refuse(self, offered: str, why: str, *, contradicts: bool = True) -> Seen:
        log.critical("witness.refused", reason=why)
        if contradicts:
            self.kept.refuse(offered, why)
        return Seen.REFUSED
