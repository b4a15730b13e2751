"""What only entries of this system's own log can be asked: their columns in an export, and their producers' numbers."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from contracts.canonical import NotCanonical
from services.audit.domain.explaining import PRODUCER_KEY_TAKEN, Explanation, explanation_of, key_taken_of
from services.audit.domain.leaf import Columns, LeafMalformed, columns_of, readable
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.producers import Attest
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.domain.soundness.lanes import Lane, Lanes
from services.audit.domain.soundness.rolls import Roll


class NotAnExport(Exception):
    """The file is no table of entries; the text says what is missing."""


@dataclass(slots=True)
class Producers:
    """Follows the numbers that every producer gave in each lane, and whether each entry is its producer's word."""

    found: Findings
    attest: Attest
    rolls: Sequence[Roll] = ()
    explained: tuple[Explanation, ...] = ()
    _lanes: Lanes = field(default_factory=Lanes)

    def hear(self, index: int, leaf: bytes) -> None:
        """Note the next entry."""
        columns = _read(index, leaf, self.found)
        if columns is not None:
            self._check(index, leaf, columns)
            self._lanes.follow(columns, index, self.found)
            if (explanation := explanation_of(index, columns)) is not None:
                self._lanes.explain(explanation)

    def end(self) -> Mapping[str, Mapping[int, Lane]]:
        """Name the gaps, and return every lane."""
        self.explained = self._lanes.check_gaps(self.found)
        self._lanes.check_rolls(self.rolls, None, self.attest, self.found)
        return self._lanes.table()

    def _check(self, index: int, leaf: bytes, columns: Columns) -> None:
        try:
            fault = self.attest(columns, leaf)
        except LeafMalformed as error:
            self.found.add(FindingKind.LEAF_UNREADABLE, f"entry {index}: {error}", index)
            return
        if fault is not None:
            self.found.add(FindingKind.UNATTESTED, f"entry {index} is not known to be {columns.producer}'s word: {fault}", index)


@dataclass(slots=True)
class KeysTold:
    """The producers' keys that the log itself tells of, for whoever was given no register."""

    lines: list[str] = field(default_factory=list)

    def hear(self, _index: int, leaf: bytes) -> None:
        """Note the next entry."""
        if PRODUCER_KEY_TAKEN.encode() in leaf and (said := readable(leaf)) is not None and (line := key_taken_of(said)) is not None:
            self.lines.append(line)


@dataclass(slots=True)
class Exported:
    """
    A table of entries to be held to the log: each of its columns that the leaf decides must say what the leaf says.

    Its first line names the columns: those of the table `entry` (`idx` first of all), or those of the page's own CSV.
    """

    rows: dict[int, dict[str, str]]
    found: Findings
    compared: int = 0

    @classmethod
    def read(cls, file: TextIO, found: Findings) -> "Exported":
        """Read a table. Raises NotAnExport."""
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        key = next((name for name in ("idx", "番号") if name in names), None)
        known = [name for name in names if name in _SAYS]
        if key is None or not known:
            raise NotAnExport("the first line names the columns: idx, and those of the entries")
        rows: dict[int, dict[str, str]] = {}
        for row in reader:
            if not (row[key] or "").isdecimal():
                raise NotAnExport(f"line {reader.line_num} has no index")
            if rows.setdefault(int(row[key]), row) is not row:
                found.add(FindingKind.INDEX_REPEATED, f"the table has entry {row[key]} twice", int(row[key]))
        return cls(rows, found)

    def hear(self, index: int, leaf: bytes) -> None:
        """Compare the next entry of the log with its line."""
        row = self.rows.pop(index, None)
        columns = None if row is None else _read(index, leaf, self.found)
        if row is None or columns is None:
            return
        self.compared += 1
        if differing := [name for name, cell in row.items() if name in _SAYS and not _agrees(cell or "", _SAYS[name](columns, leaf))]:
            text = f"entry {index}: {', '.join(differing)} not as the leaf says"
            self.found.add(FindingKind.COLUMN_DIFFERS, text, index)

    def end(self) -> None:
        """Name the lines of entries that the log does not have."""
        for index in sorted(self.rows):
            self.found.add(FindingKind.INDEX_REPEATED, f"the table has an entry {index}, the log has not", index)


def _read(index: int, leaf: bytes, found: Findings) -> Columns | None:
    try:
        return columns_of(leaf)
    except (NotCanonical, LeafMalformed) as error:
        found.add(FindingKind.LEAF_UNREADABLE, f"entry {index}: {error}", index)
        return None


def _column(name: str) -> Callable[[Columns, bytes], Any]:
    return lambda columns, _leaf: getattr(columns, name)


_OF_THE_TABLE = tuple(name for name in Columns.__slots__ if name != "fields")
_SAYS: dict[str, Callable[[Columns, bytes], Any]] = {
    **{name: _column(name) for name in _OF_THE_TABLE},
    "leaf": lambda _columns, leaf: leaf,
    "hash": lambda _columns, leaf: leaf_hash(leaf),
    "職員のID": _column("actor"),
    "操作の名前": _column("action"),
    "対象のID": _column("thing_id"),
    "記録のハッシュ": lambda _columns, leaf: leaf_hash(leaf).hex(),
}


def _agrees(cell: str, said: Any) -> bool:
    match said:
        case None:
            return cell in {"", "\\N"}
        case datetime():
            return _instant(cell) == said
        case bytes():
            return cell.removeprefix("\\x") == said.hex()
        case _:
            # What a spreadsheet would run is exported behind an apostrophe.
            return cell == str(said) or cell == f"'{said}"


def _instant(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None


def each_entry(*hearers: Callable[[int, bytes], None]) -> Callable[[int, bytes], None]:
    """Return what tells each entry to all `hearers`."""

    def tell(index: int, leaf: bytes) -> None:
        for hear in hearers:
            hear(index, leaf)

    return tell


def texts(found: Findings) -> Iterator[str]:
    """What was found, a line each."""
    for each in found.kept:
        yield f"  {each.kind}: {each.text}"
    if found.total > len(found.kept):
        yield f"  … and {found.total - len(found.kept):,} more findings"
