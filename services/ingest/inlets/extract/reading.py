"""A file on its way into the staging table: in pieces, each cut, decoded, split and hashed at once. Memory does not grow with the file."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from io import BufferedReader

from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.faults import FileRefused, RowFault
from services.ingest.domain.extracts.rows import Cutter, Heading, Raw, heading_of
from services.ingest.domain.extracts.staging import Stager

PIECE_BYTES = 2 * 2**20
FAULTS_MOST = 100_000
"""Where more rows than this are wrong, the file is, and nobody reads on."""


class Reading:
    """One pass over a file: its rows, what is wrong with them, how many there are. Raises FileRefused on the way."""

    def __init__(self, file: BufferedReader, adapter: Adapter, key: bytes) -> None:
        self._file = file
        self._cutter = Cutter()
        self.adapter = adapter
        self.faults: list[RowFault] = []
        self.rows = 0
        self._later: list[Raw] = []
        self.heading = self._heading()
        self.stager = Stager(adapter, self.heading, key)

    def pieces(self) -> Iterator[list[Raw]]:
        """The rows behind the headings, a piece at a time."""
        yield self._later
        while piece := self._file.read(PIECE_BYTES):
            yield list(self._cutter.fed(piece))
        yield list(self._cutter.ended())

    async def lines(self) -> AsyncIterator[bytes]:
        """What is copied into the staging table; the loop goes on meanwhile."""
        pieces = self.pieces()
        while (copied := await asyncio.to_thread(self._copied, pieces)) is not None:
            yield copied

    def _copied(self, pieces: Iterator[list[Raw]]) -> bytes | None:
        raws = next(pieces, None)
        if raws is None:
            return None
        self.rows += len(raws)
        copied = "".join(self.stager.lines(raws, self.faults)).encode()
        if len(self.faults) > FAULTS_MOST:
            raise FileRefused(self.faults[0].code, row=self.faults[0].row, column=self.faults[0].column or None)
        return copied

    def _heading(self) -> Heading:
        while not self._later and (piece := self._file.read(PIECE_BYTES)):
            self._later = list(self._cutter.fed(piece))
        # A file of headings alone may end without a line's end.
        first = self._later or list(self._cutter.ended())
        if not first:
            raise FileRefused("no_rows")
        self._later = self._later[1:]
        return heading_of(first[0], self.adapter)


def row_at(file: BufferedReader, row: int, octet: int) -> Raw:
    """One row of a file that was read before, by its place. Raises FileRefused where none is there any more."""
    file.seek(octet)
    cutter = Cutter(row, octet)
    while line := file.readline():
        for raw in cutter.fed(line):
            return raw
    for raw in cutter.ended():
        return raw
    raise FileRefused("changed_while_read")
