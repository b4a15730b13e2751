"""A file on its way into the staging table: in pieces, each cut, decoded, split and hashed at once. Memory does not grow with the file."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from io import BufferedReader

from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.faults import FileRefused, RowFault
from services.ingest.domain.extracts.rows import Cutter, Heading, Raw, heading_of
from services.ingest.domain.extracts.staging import Stager

PIECE_BYTES = 2 * 2**20
APART_BYTES = 4096
"""Rows that are no further apart are read together with what lies between them."""
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


def rows_at(file: BufferedReader, places: Sequence[tuple[int, int]]) -> list[Raw]:
    """
    Rows of a file that was read before, by their places (row and byte). Raises FileRefused where one is there no more.

    Those that lie close together are read at once: of a first night that is all of them.
    """
    try:
        return [raw for run in _runs(places) for raw in _read_run(file, run)]
    except FileRefused:
        # It was cut into rows once without a fault.
        raise FileRefused("changed_while_read") from None


def _runs(places: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    first = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or not 0 < places[at][1] - places[at - 1][1] <= APART_BYTES:
            yield places[first:at]
            first = at


def _read_run(file: BufferedReader, places: Sequence[tuple[int, int]]) -> Iterator[Raw]:
    row, octet = places[0]
    wanted = {row for row, _ in places}
    file.seek(octet)
    cutter = Cutter(row, octet)
    left = len(places)
    for raw in _cut(cutter, file, places[-1][1]):
        if raw.row in wanted:
            left -= 1
            yield raw
            if not left:
                return
    raise FileRefused("changed_while_read")


def _cut(cutter: Cutter, file: BufferedReader, last: int) -> Iterator[Raw]:
    if last > cutter.octet:
        yield from cutter.fed(file.read(last - cutter.octet))
    # The last one ends wherever it does.
    while line := file.readline():
        yield from cutter.fed(line)
    yield from cutter.ended()
