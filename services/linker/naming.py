"""The ids of what the sources number, and what the register says: each derived and read once per parcel."""

from collections.abc import Collection, Mapping

from contracts.ids import HouseholdId, PersonId, PregnancyId, WelfareCaseId
from infra.identifiers import Identifiers
from infra.work import UnitOfWork
from services.linker import locks, store
from services.linker.domain.records import Record
from services.linker.domain.statements import Statement, statement_of


class Names:
    """
    Implements `domain.records.Naming`: the same number gives the same id in every run with the same key.

    `meant` holds what people decided that a number means, `apart` the pairs of numbers that they decided are two persons.
    """

    def __init__(self, identifiers: Identifiers, meant: Mapping[str, str], apart: Collection[tuple[str, str]] = ()) -> None:
        self._identifiers = identifiers
        self._meant = meant
        self._persons: dict[str, PersonId] = {}
        self._households: dict[str, HouseholdId] = {}
        self._pregnancies: dict[str, PregnancyId] = {}
        self._statements: dict[int, tuple[Record, Statement]] = {}
        self.apart = frozenset((self.entry(number), self.entry(other)) for number, other in apart)

    def person(self, number: str) -> PersonId:
        """Return the id of the person whom a 宛名番号 names, or means by what people decided."""
        return self.entry(self._meant.get(number, number))

    def entry(self, number: str) -> PersonId:
        """Return the id of the person whose entry in the register has this 宛名番号."""
        found = self._persons.get(number)
        if found is None:
            found = self._persons[number] = PersonId(self._identifiers.derive("person", number))
        return found

    def is_meant(self, number: str | None) -> bool:
        """Whether people decided whom a number means."""
        return number in self._meant

    def household(self, number: str) -> HouseholdId:
        """Return the id of the household that a 世帯番号 names."""
        found = self._households.get(number)
        if found is None:
            found = self._households[number] = HouseholdId(self._identifiers.derive("household", number))
        return found

    def pregnancy(self, number: str) -> PregnancyId:
        """Return the id of the pregnancy that the health section's number names."""
        found = self._pregnancies.get(number)
        if found is None:
            found = self._pregnancies[number] = PregnancyId(self._identifiers.derive("pregnancy", number))
        return found

    def welfare_case(self, number: str) -> WelfareCaseId:
        """Return another name for a welfare case than its number, from which nobody guesses it."""
        return WelfareCaseId(self._identifiers.derive("welfare_case", number))

    def statement(self, record: Record) -> Statement:
        """Read a `resident.changed` record that stands: once, however often it is asked for. Raises Unreadable."""
        # By the object, which is kept: two records of one key and revision may differ in when they were recorded.
        found = self._statements.get(id(record))
        if found is None:
            found = self._statements[id(record)] = (record, statement_of(record, self))
        return found[1]


async def names_in(work: UnitOfWork) -> Names:
    """Begin to work beside other partitions, but not beside people's decisions. Returns the names by what people have decided so far."""
    await locks.enter(work.db, work.partitions)
    meant, apart = await store.numbers_decided(work.db)
    return Names(work.identifiers, meant, apart)
