"""The ids of what the sources number, derived once per parcel and number."""

from contracts.ids import HouseholdId, PersonId, PregnancyId
from infra.identifiers import Identifiers


class Names:
    """Implements `domain.records.Naming`: the same number gives the same id in every run with the same key."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._persons: dict[str, PersonId] = {}

    def person(self, number: str) -> PersonId:
        """Return the id of the person whom a 宛名番号 names."""
        found = self._persons.get(number)
        if found is None:
            found = self._persons[number] = PersonId(self._identifiers.derive("person", number))
        return found

    def household(self, number: str) -> HouseholdId:
        """Return the id of the household that a 世帯番号 names."""
        return HouseholdId(self._identifiers.derive("household", number))

    def pregnancy(self, number: str) -> PregnancyId:
        """Return the id of the pregnancy that the health section's number names."""
        return PregnancyId(self._identifiers.derive("pregnancy", number))
