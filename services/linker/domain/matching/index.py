"""Rows by key, in three plain arrays: nothing in them is an object, so that forks look into them without copying a page."""

from array import array
from collections.abc import Iterable

ROW_BITS = 24
MOST_ROWS = 1 << ROW_BITS
_ENTRY_BITS = 64
_HASH_MASK = (1 << (_ENTRY_BITS - ROW_BITS)) - 1
"""An entry is one number: 40 bits of the key's hash before 24 bits of the row. Two keys of one hash cost a comparison only."""
_PART_BITS = 8
"""Entries are sorted in 256 parts, by their first bits: sorted at once, those of a large city would take gigabytes meanwhile."""
_BUCKET_BITS = 1
"""A bucket holds one entry or two: to look for a key is to look at those."""
CROWD = 200
"""A key that so many share says nothing: the others decide."""


class Growing:
    """An index to which rows are still added."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(1 << _PART_BITS)]

    def add(self, row: int, keys: Iterable[object]) -> None:
        """Add a row under each of its keys, which differ."""
        parts = self._parts
        for key in keys:
            entry = (hash(key) & _HASH_MASK) << ROW_BITS | row
            parts[entry >> (_ENTRY_BITS - _PART_BITS)].append(entry)

    def done(self) -> "Index":
        """Return the index. Empties this one."""
        entries = array("Q")
        for part in self._parts:
            entries.extend(sorted(part))
            del part[:]
        return Index(entries)


class Index:
    """All entries in order, and where each bucket of them begins, by their first bits."""

    __slots__ = ("_begins", "_entries", "_shift")

    def __init__(self, entries: "array[int]") -> None:
        """`entries` are in order."""
        self._entries = entries
        bits = max(len(entries).bit_length() - _BUCKET_BITS, 0)
        self._shift = shift = _ENTRY_BITS - bits
        self._begins = begins = array("I", bytes(4 * ((1 << bits) + 1)))
        filled = 0
        for place, entry in enumerate(entries):
            bucket = entry >> shift
            while filled < bucket:
                filled += 1
                begins[filled] = place
        for bucket in range(filled + 1, len(begins)):
            begins[bucket] = len(entries)

    def find(self, keys: Iterable[object], found: set[int]) -> None:
        """Add the rows of all who have one of the keys; of a crowd none."""
        entries, begins, shift = self._entries, self._begins, self._shift
        for key in keys:
            first = (hash(key) & _HASH_MASK) << ROW_BITS
            bucket = first >> shift
            place, end = begins[bucket], begins[bucket + 1]
            while place < end and entries[place] < first:
                place += 1
            last = first + MOST_ROWS
            if place + CROWD <= end and entries[place + CROWD - 1] < last:
                continue
            while place < end and (entry := entries[place]) < last:
                found.add(entry - first)
                place += 1
