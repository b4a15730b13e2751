"""
A row as it is compared with the last night's: the record's number, a hash of what the row says, and where it stands. No value is kept.

Nearly every row of a night is as it was: for those this is all that is done, a few calls of C for each.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from operator import itemgetter

from services.ingest.domain.envelope import IDENTIFIER, TEXT_LENGTH_MAX
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.cells import BLANKS, half_width, is_blank
from services.ingest.domain.extracts.faults import RowFault
from services.ingest.domain.extracts.rows import Heading, Raw, decoded, split

HASH_BYTES = 16
BETWEEN = "-"
"""Between the parts of a record's number."""

csv.field_size_limit(256 * 1024)

Pick = Callable[[Sequence[str]], tuple[str, ...]]


class Stager:
    """Makes of rows what is compared. `key` keeps hashes of short rows from being guessed; it must be the same every night."""

    def __init__(self, adapter: Adapter, heading: Heading, key: bytes) -> None:
        self.adapter = adapter
        self.heading = heading
        rule = adapter.record
        self._said = _picking(adapter.said, heading)
        self._id = _picking(rule.id, heading)
        self._halved = [column in adapter.half_width for column in rule.id]
        self._deleted = heading.place[rule.deleted.column] if rule.deleted else None
        self._deleting = rule.deleted.values if rule.deleted else frozenset()
        # A changed adapter makes another record of the same row.
        self._salted = blake2b(adapter.digest.encode(), digest_size=HASH_BYTES, key=key)

    def lines(self, raws: Sequence[Raw], faults: list[RowFault]) -> Iterator[str]:
        """
        A line for PostgreSQL's COPY of each row that has a record's number: number, hash, row, byte, whether it is taken back.

        Raises FileRefused where a row is not in the declared encoding.
        """
        adapter, width, deleted = self.adapter, self.heading.width, self._deleted
        for raw, cells in split([decoded(raw, adapter.encoding) for raw in raws], raws, adapter.delimiter, faults):
            if len(cells) != width:
                faults.append(RowFault(raw.row, "", "wrong_width"))
                continue
            record_id = self.record_id(cells, raw.row, faults)
            if record_id is None:
                continue
            gone = deleted is not None and cells[deleted].strip(BLANKS) in self._deleting
            copied = record_id.replace("\\", "\\\\") if "\\" in record_id else record_id
            yield f"{copied}\t\\\\x{self.hash_of(cells)}\t{raw.row}\t{raw.octet}\t{'t' if gone else 'f'}\n"

    def hash_of(self, cells: Sequence[str]) -> str:
        """What a row says, as hex."""
        hashed = self._salted.copy()
        # With surrogates a text would have no bytes; no encoding that is declared has any.
        hashed.update("\x1f".join(self._said(cells)).encode())
        return hashed.hexdigest()

    def record_id(self, cells: Sequence[str], row: int, faults: list[RowFault]) -> str | None:
        """The record's number; None where the row has none, which `faults` then tells."""
        parts = [
            half_width(part).strip() if halved else part.strip(BLANKS) for part, halved in zip(self._id(cells), self._halved, strict=True)
        ]
        for column, part in zip(self.adapter.record.id, parts, strict=True):
            if is_blank(part, self.adapter.empty):
                faults.append(RowFault(row, column, "id_missing"))
                return None
            if IDENTIFIER.fullmatch(part) is None:
                faults.append(RowFault(row, column, "id_form"))
                return None
        record_id = BETWEEN.join(parts)
        if len(record_id) > TEXT_LENGTH_MAX:
            faults.append(RowFault(row, self.adapter.record.id[0], "id_form"))
            return None
        return record_id


def _picking(columns: Sequence[str], heading: Heading) -> Pick:
    places = [heading.place[column] for column in columns]
    if len(places) == 1:
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)
