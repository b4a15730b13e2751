"""The ids of what the sources number, derived once per parcel and number."""

from collections.abc import Collection, Mapping

from contracts.ids import HouseholdId, PersonId, PregnancyId, WelfareCaseId
from infra.identifiers import Identifiers
from infra.work import UnitOfWork
from services.linker import locks, store


class Names:
    """
    Implements `domain.records.Naming`: the same number gives the same id in every run with the same key.

    `meant` holds what people decided that a number means, `apart` the pairs of numbers that they decided are two persons.
    """

    def __init__(self, identifiers: Identifiers, meant: Mapping[str, str], apart: Collection[tuple[str, str]] = ()) -> None:
        self._identifiers = identifiers
        self._meant = meant
        self._persons: dict[str, PersonId] = {}
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
        return HouseholdId(self._identifiers.derive("household", number))

    def pregnancy(self, number: str) -> PregnancyId:
        """Return the id of the pregnancy that the health section's number names."""
        return PregnancyId(self._identifiers.derive("pregnancy", number))

    def welfare_case(self, number: str) -> WelfareCaseId:
        """Return another name for a welfare case than its number, from which nobody guesses it."""
        return WelfareCaseId(self._identifiers.derive("welfare_case", number))


async def names_in(work: UnitOfWork) -> Names:
    """Begin to work beside other partitions, but not beside people's decisions. Returns the names by what people have decided so far."""
    await locks.enter(work.db, work.partitions)
    meant, apart = await store.numbers_decided(work.db)
    return Names(work.identifiers, meant, apart)
