"""A whole register in memory, for bulk: who shares a key with a record, and how often each name stands."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from services.linker.domain.matching.blocking import elder_keys, keys, other_keys
from services.linker.domain.matching.households import with_households
from services.linker.domain.matching.index import MOST_ROWS, Growing
from services.linker.domain.matching.packed import Numbers, Packed, Profiles
from services.linker.domain.matching.profiles import Profile, given_names
from services.linker.domain.matching.weighing import COUNTED


class TooManyPeople(Exception):
    """The index numbers 16.7 million people; a register that has more is divided by municipality."""


class Register:
    """People by row, in the order in which they came. Frozen once it is made; forks share it."""

    def __init__(self, people: Iterable[tuple[str, Profile]]) -> None:
        """Each person's number and profile. Raises `TooManyPeople`."""
        came = Packed(people)
        if len(came) > MOST_ROWS:
            raise TooManyPeople
        self._people, self._counts = Packed(), {column: Counter[str]() for column in COUNTED}
        self._guardians, self._guarded = Counter[str](), 0
        growing = Growing()
        for row, person in enumerate(with_households(Profiles(came))):
            self._people.add(number := came.number(row), person)
            growing.add(row, {*keys(person), _by_number(number)})
            for column, counts in self._counts.items():
                counts[getattr(person, column)] += 1
            if person.guardians:
                self._guarded += 1
                self._guardians.update(given_names(person.guardians))
        self._index = growing.done()
        self._known = {column: max(len(self) - counts[""], 1) for column, counts in self._counts.items()}
        self.numbers: Sequence[str] = Numbers(self._people)
        self.profiles: Sequence[Profile] = Profiles(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def row_of(self, number: str) -> int | None:
        """Return the row of a person's number, or None; of several the last."""
        found: set[int] = set()
        self._index.find((_by_number(number),), found)
        return max((row for row in found if self._people.number(row) == number), default=None)

    def candidates(self, record: Profile) -> set[int]:
        """Return the rows of all who share a key with a record."""
        return set(self.alike(record))

    def alike(self, record: Profile) -> dict[int, Profile]:
        """Return all who share a key with a record, by row."""
        rows: set[int] = set()
        self._index.find(keys(record), rows)
        person = self._people.profile
        found = {row: person(row) for row in rows}
        if not any(_is_named(record, each) for each in found.values()):
            self._index.find(other_keys(record), rows)
        if any(_another_guardian(record, each) or _guardian_of_another_house(record, each) for each in found.values()):
            self._index.find(elder_keys(record), rows)
        if len(rows) > len(found):
            found.update((row, person(row)) for row in rows if row not in found)
        return found

    def of(self, column: str, value: str) -> float | None:
        """Return the share of those whose value in a column is known that have this one (`weighing.Frequencies`)."""
        count = self._counts[column].get(value) if value else None
        return None if count is None else count / self._known[column]

    def guarded(self, name: str) -> tuple[int, int]:
        """Return how many have a guardian of this given name, and how many have guardians (`weighing.Frequencies`)."""
        return self._guardians[name], self._guarded

    def shares(self, column: str) -> Iterator[tuple[str, float]]:
        """Yield each value of a column with its share."""
        return ((value, count / self._known[column]) for value, count in self._counts[column].items() if value)


def _by_number(number: str) -> tuple[str, str]:
    return ("number", number)


def _another_guardian(record: Profile, person: Profile) -> bool:
    """Whether somebody of the record's town is brought up by others than the record names."""
    return person.town == record.town and bool(record.guardians and person.guardians) and record.guardians.isdisjoint(person.guardians)


def _guardian_of_another_house(record: Profile, person: Profile) -> bool:
    """Whether somebody of the record's given name lives in another house than it names, with a guardian of the name that it names."""
    if not (record.numbers and person.numbers) or (record.town, record.numbers) == (person.town, person.numbers):
        return False
    return _given_is_one(record, person) and not record.guardians.isdisjoint(person.guardians)


def _is_named(record: Profile, person: Profile) -> bool:
    """Whether a person has the record's birth date and given name: then nothing else needs to be tried."""
    if record.birth is None or record.birth != person.birth:
        return False
    return _given_is_one(record, person)


def _given_is_one(record: Profile, person: Profile) -> bool:
    return bool(record.given and record.given == person.given) or bool(record.given_kana and record.given_kana == person.given_kana)
