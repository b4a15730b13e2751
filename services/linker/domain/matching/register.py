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
        self._index = {kind: array("Q", sorted(found)) for kind, found in entries.items()}
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
        for key in keys(record):
            found.update(self._sharing(key))
        if not any(_is_named(record, self.profiles[row]) for row in found):
            for key in other_keys(record):
                found.update(self._sharing(key))
        return found

    def _sharing(self, key: Key) -> list[int]:
        entries = self._index.get(key[0])
        if entries is None:
            return []
        first = _hashed(key)
        place, last = bisect_left(entries, first), first + _MOST_PEOPLE
        rows: list[int] = []
        for entry in entries[place : place + _CROWD]:
            if entry >= last:
                return rows
            rows.append(entry - first)
        return rows if len(rows) < _CROWD else []

    def of(self, column: str, value: str) -> float | None:
        """Return the share of those whose value in a column is known that have this one (`weighing.Frequencies`)."""
        count = self._counts[column].get(value) if value else None
        return None if count is None else count / self._known[column]

    def shares(self, column: str) -> Iterator[tuple[str, float]]:
        """Yield each value of a column with its share."""
        return ((value, count / self._known[column]) for value, count in self._counts[column].items() if value)


def _is_named(record: Profile, person: Profile) -> bool:
    """Whether a person has the record's birth date and given name: then nothing else needs to be tried."""
    if record.birth is None or record.birth != person.birth:
        return False
    return bool(record.given and record.given == person.given) or bool(record.given_kana and record.given_kana == person.given_kana)


def _hashed(key: Key) -> int:
    return (hash(key) & _HASH_MASK) << _ROW_BITS
