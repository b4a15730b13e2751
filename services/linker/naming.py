"""The ids of what the sources number, and what the register says: each derived and read once per parcel."""

from collections.abc import Collection, Mapping

from contracts.ids import HouseholdId, PersonId, PregnancyId, SchoolId, WelfareCaseId
from infra.identifiers import Identifiers
from infra.work import UnitOfWork
from services.linker import locks
from services.linker.domain.pupils import NOTHING_SAID, SaidOfPupil
from services.linker.domain.records import PupilKey, Record
from services.linker.domain.statements import Statement, statement_of
from services.linker.domain.subjects import SubjectId, entry_subject, is_entry, number_of, number_subject, pupil_in, pupil_subject
from services.linker.judged import Judged, judged


class Names:
    """
    Implements `domain.records.Naming`: the same number gives the same id in every run with the same key.

    `told` is what people decided about numbers and entries that are the same person's, or are not.
    """

    def __init__(self, identifiers: Identifiers, told: Judged) -> None:
        self._identifiers = identifiers
        self._judged = told
        self._persons: dict[str, PersonId] = {}
        self._households: dict[str, HouseholdId] = {}
        self._pregnancies: dict[str, PregnancyId] = {}
        self._statements: dict[int, tuple[Record, Statement]] = {}
        both = [(self.of(one), self.of(other)) for one, other in told.apart]
        self.apart = frozenset([*both, *((other, one) for one, other in both)])

    def person(self, number: str) -> PersonId:
        """Return the id of the person whom a 宛名番号 names, or means by what people decided."""
        # Nearly always nothing is judged: a city's flood pays for no text that is looked up in vain.
        found = self._judged.persons.get(number_subject(number)) if self._judged.persons else None
        return found if found is not None else self.entry(number)

    def entry(self, number: str) -> PersonId:
        """Return the id of the person whose entry in the register has this 宛名番号."""
        found = self._persons.get(number)
        if found is None:
            found = self._judged.persons.get(entry_subject(number)) or self.given(number)
            self._persons[number] = found
        return found

    def of(self, subject: SubjectId) -> PersonId:
        """Return the id of the person whose a subject is."""
        if pupil_in(subject) is not None:
            return self._judged.persons.get(subject) or self.given(number_of(subject))
        return self.entry(number_of(subject)) if is_entry(subject) else self.person(number_of(subject))

    def said_of(self, pupil: PupilKey) -> SaidOfPupil:
        """Return what people said of a pupil: who it is, and who it is not."""
        subject = pupil_subject(pupil)
        if not self._judged.persons and not self._judged.apart:
            return NOTHING_SAID
        apart = {self.of(one if other == subject else other) for one, other in self._judged.apart if subject in (one, other)}
        return SaidOfPupil(self._judged.persons.get(subject), frozenset(apart))

    def pupils_of(self, persons: Collection[PersonId]) -> set[PupilKey]:
        """Return the pupils of whom people said that they are one of the persons."""
        told = ((pupil_in(subject), who) for subject, who in self._judged.persons.items())
        return {PupilKey(pupil) for pupil, who in told if pupil is not None and who in persons}

    def given(self, number: str) -> PersonId:
        """Return the id that is given to whoever is first seen under a 宛名番号. Once something was judged of them, the tables hold it."""
        return PersonId(self._identifiers.derive("person", number))

    def first(self, number: str) -> PersonId:
        """Return the id that was given to whom a number named before anything was judged of them."""
        known = self._judged.given
        return known.get(number_subject(number)) or known.get(entry_subject(number)) or self.given(number)

    def taken_for(self, person: PersonId) -> frozenset[PersonId]:
        """Return the ids that were given to all who are this person by what was judged, and the person's own."""
        persons = self._judged.persons
        return frozenset({person, *(self._judged.given[each] for each, who in persons.items() if who == person)})

    def is_meant(self, number: str | None) -> bool:
        """Whether people decided whom a number means."""
        meant = self._judged.meant
        return bool(meant) and number is not None and not meant.isdisjoint((number_subject(number), entry_subject(number)))

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

    def school(self, code: str) -> SchoolId:
        """Return another name for a school than its code."""
        return SchoolId(self._identifiers.derive("school", code))

    def after(self, now: Mapping[SubjectId, PersonId]) -> "Names":
        """Return the names as they would be if the subjects of `now` were those persons'."""
        return Names(self._identifiers, self._judged._replace(persons={**self._judged.persons, **now}))

    def statement(self, record: Record) -> Statement:
        """Read a `resident.changed` record that stands: once, however often it is asked for. Raises Unreadable."""
        # By the object, which is kept: two records of one key and revision may differ in when they were recorded.
        found = self._statements.get(id(record))
        if found is None:
            found = self._statements[id(record)] = (record, statement_of(record, self))
        return found[1]


async def names_in(work: UnitOfWork) -> Names:
    """Begin to work beside other partitions, but not beside people's decisions. Returns the names by what people have decided so far."""
    version = await locks.enter(work.db, work.partitions)
    return Names(work.identifiers, await judged(work.db, version))
