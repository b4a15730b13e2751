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
        parts = self._id(cells)
        whole = BETWEEN.join(parts)
        # Nearly every one is as it should be, which one look at all of its parts says.
        plain = IDENTIFIER.fullmatch(whole) is not None and all(parts) and self.adapter.empty.isdisjoint(parts)
        return whole if plain and len(whole) <= TEXT_LENGTH_MAX else self._mended_id(parts, row, faults)

    def _mended_id(self, told: Sequence[str], row: int, faults: list[RowFault]) -> str | None:
        columns = self.adapter.record.id
        parts = [_trimmed(part, halved=column in self.adapter.half_width) for column, part in zip(columns, told, strict=True)]
        for column, part in zip(columns, parts, strict=True):
            blank = is_blank(part, self.adapter.empty)
            if blank or IDENTIFIER.fullmatch(part) is None:
                faults.append(RowFault(row, column, "id_missing" if blank else "id_form"))
                return None
        whole = BETWEEN.join(parts)
        if len(whole) > TEXT_LENGTH_MAX:
            faults.append(RowFault(row, columns[0], "id_form"))
            return None
        return whole


def _trimmed(text: str, *, halved: bool) -> str:
    return half_width(text).strip() if halved else text.strip(BLANKS)


def _picking(columns: Sequence[str], heading: Heading) -> Pick:
    places = [heading.place[column] for column in columns]
    if len(places) == 1:
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)
