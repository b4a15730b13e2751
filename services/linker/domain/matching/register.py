"""A whole register in memory, for bulk: who shares a key with a record, and how often each name stands."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from services.linker.domain.matching.blocking import Key, keys, other_keys
from services.linker.domain.matching.households import with_households
from services.linker.domain.matching.profiles import Profile

_ROW_BITS = 24
_MOST_PEOPLE = 1 << _ROW_BITS
_HASH_MASK = (1 << 40) - 1
"""An entry of the index is one number: 40 bits of the key's hash before 24 bits of the row. Two keys of one hash cost a comparison only."""
_ENTRY_BITS = 64
_BUCKET_BITS = 2
"""A bucket of the index holds some four entries."""
_CROWD = 200
"""A key that so many share says nothing: the others decide."""
COUNTED = ("given", "given_kana", "family", "family_kana")
"""The columns whose values are counted."""


class TooManyPeople(Exception):
    """The index numbers 16.7 million people; a register that has more is divided by municipality."""


class Register:
    """People by row, in the order in which they came. Frozen once it is made."""

    def __init__(self, people: Iterable[tuple[str, Profile]]) -> None:
        """Each person's number and profile. Raises `TooManyPeople`."""
        self.numbers: list[str] = []
        self.profiles: list[Profile] = []
        entries: dict[object, array[int]] = {}
        numbers, profiles = zip(*people, strict=True)
        for number, person in zip(numbers, with_households(profiles), strict=True):
            self._add(number, person, entries)
        self._index = {kind: _Index(found) for kind, found in entries.items()}
        self._rows = {number: row for row, number in enumerate(self.numbers)}
        self._counts = {column: Counter(getattr(each, column) for each in self.profiles) for column in COUNTED}
        self._known = {column: max(len(self) - self._counts[column][""], 1) for column in COUNTED}

    def __len__(self) -> int:
        return len(self.numbers)

    def _add(self, number: str, person: Profile, entries: "dict[object, array[int]]") -> None:
        row = len(self.numbers)
        if row >= _MOST_PEOPLE:
            raise TooManyPeople
        self.numbers.append(number)
        self.profiles.append(person)
        for key in set(keys(person)):
            entries.setdefault(key[0], array("Q")).append(_hashed(key) | row)

    def row_of(self, number: str) -> int | None:
        """Return the row of a person's number, or None."""
        return self._rows.get(number)

    def candidates(self, record: Profile) -> set[int]:
        """Return the rows of all who share a key with a record."""
        found: set[int] = set()
        self._find(keys(record), found)
        if not any(_is_named(record, self.profiles[row]) for row in found):
            self._find(other_keys(record), found)
        return found

    def _find(self, asked: Iterable[Key], found: set[int]) -> None:
        """Add the rows of all who have one of the keys."""
        index = self._index
        for key in asked:
            if (of_kind := index.get(key[0])) is not None:
                of_kind.find(_hashed(key), found)

    def of(self, column: str, value: str) -> float | None:
        """Return the share of those whose value in a column is known that have this one (`weighing.Frequencies`)."""
        count = self._counts[column].get(value) if value else None
        return None if count is None else count / self._known[column]

    def shares(self, column: str) -> Iterator[tuple[str, float]]:
        """Yield each value of a column with its share."""
        return ((value, count / self._known[column]) for value, count in self._counts[column].items() if value)


class _Index:
    """
    The keys of one kind in order, and where each bucket of them begins, by their first bits.

    A search for a key looks at the few entries of its bucket; through the whole index it would touch a score of places in memory.
    """

    __slots__ = ("_begins", "_entries", "_shift")

    def __init__(self, entries: "array[int]") -> None:
        self._entries = array("Q", sorted(entries))
        bits = max(len(entries).bit_length() - _BUCKET_BITS, 0)
        self._shift = _ENTRY_BITS - bits
        self._begins = array("I")
        place = 0
        for bucket in range((1 << bits) + 1):
            place = bisect_left(self._entries, bucket << self._shift, place)
            self._begins.append(place)

    def find(self, first: int, found: set[int]) -> None:
        """Add the rows of all who share the key whose entries begin with `first`; of a crowd none."""
        entries, bucket = self._entries, first >> self._shift
        end = self._begins[bucket + 1]
        place, last = bisect_left(entries, first, self._begins[bucket], end), first + _MOST_PEOPLE
        if place + _CROWD <= end and entries[place + _CROWD - 1] < last:
            return
        while place < end and (entry := entries[place]) < last:
            found.add(entry - first)
            place += 1


def _is_named(record: Profile, person: Profile) -> bool:
    """Whether a person has the record's birth date and given name: then nothing else needs to be tried."""
    if record.birth is None or record.birth != person.birth:
        return False
    return bool(record.given and record.given == person.given) or bool(record.given_kana and record.given_kana == person.given_kana)


def _hashed(key: Key) -> int:
    return (hash(key) & _HASH_MASK) << _ROW_BITS
