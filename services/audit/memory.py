"""
What the signer signed last, remembered outside the database: in this process, and in a file where one is named.

Whoever owns the database can make it say anything. Only what it cannot reach shows that its history went back or differs.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from services.audit.domain.note import Checkpoint, NoteMalformed
from services.audit.signer import Signer, Verifier


class MemoryUnusable(Exception):
    """The file is there, and does not tell what was signed last. Nothing is signed until somebody has looked at it."""


class _Told(BaseModel):
    """
    What the file tells: the note signed last, and what an operator gave up (`tsunagu audit accept-history`).

    That, too, is signed: whoever can only write the file could otherwise make a running signer forget.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    signed: str | None
    given_up: tuple[str, ...]


_NOTHING = _Told(signed=None, given_up=())


class Memory:
    """
    Remembers notes of one log. Without `file` only as long as the process lives.

    The file (JSON, mode 0600) is replaced and synced before a note is used, so no crash can lose a note that somebody has seen.
    """

    def __init__(self, verifier: Verifier, file: Path | None = None) -> None:
        self.file = file
        self.verifier = verifier
        self._last: str | None = None

    def heads(self) -> tuple[Checkpoint, ...]:
        """What the log must continue, smallest first: nothing at all in a new installation. Raises MemoryUnusable."""
        return tuple(sorted((self._read_note(note) for note in self.notes()), key=lambda head: head.size))

    def notes(self) -> tuple[str, ...]:
        """The signed notes behind `heads`. Raises MemoryUnusable."""
        told = self._read()
        given_up = self._given_up(told)
        if told.signed is not None and self._read_note(told.signed) in given_up:
            raise MemoryUnusable(f"{self.file} gives up the very note that it holds")
        # The file's word and our own: another process may have signed since, or somebody may have put an old file back.
        own = None if self._last is None or self._read_note(self._last) in given_up else self._last
        return tuple(dict.fromkeys(note for note in (told.signed, own) if note is not None))

    def given_up(self) -> frozenset[Checkpoint]:
        """The checkpoints of histories that an operator gave up. Raises MemoryUnusable."""
        return self._given_up(self._read())

    def keep(self, note: str) -> None:
        """Remember that `note` was signed. Blocks until it is on the disk. Raises OSError, MemoryUnusable."""
        told = self._read()
        if told.signed != note:
            self._write(_Told(signed=note, given_up=told.given_up))
        self._last = note

    def give_up(self, signer: Signer, note: str) -> None:
        """Remember `note` in place of everything until now, which is kept as given up. Raises OSError, MemoryUnusable."""
        goes_on = self._read_note(note)
        gone = sorted({*self.given_up(), *self.heads()}, key=lambda each: (each.size, each.root))
        self._write(_Told(signed=note, given_up=tuple(signer.give_up(each) for each in gone if each != goes_on)))
        self._last = note

    def _given_up(self, told: _Told) -> frozenset[Checkpoint]:
        try:
            return frozenset(map(self.verifier.gave_up, told.given_up))
        except NoteMalformed as error:
            raise MemoryUnusable(f"{self.file}: what it gives up: {error}") from error

    def _read_note(self, note: str) -> Checkpoint:
        try:
            return self.verifier.said(note)
        except NoteMalformed as error:
            raise MemoryUnusable(f"{self.file}: {error}") from error

    def _read(self) -> _Told:
        if self.file is None:
            return _NOTHING
        try:
            return _Told.model_validate_json(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return _NOTHING
        except (OSError, ValueError) as error:
            raise MemoryUnusable(f"{self.file} cannot be read: {type(error).__name__}") from error

    def _write(self, told: _Told) -> None:
        if self.file is None:
            return
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.file.with_name(f"{self.file.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(told.model_dump_json(indent=1))
            out.flush()
            os.fsync(out.fileno())
        if os.geteuid() == 0 and self.file.exists():
            # A command of the administrator must not take the file from the account that runs the service.
            kept = self.file.stat()
            os.chown(draft, kept.st_uid, kept.st_gid)
        draft.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
