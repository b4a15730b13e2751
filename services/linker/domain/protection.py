"""DV等支援措置: whose whereabouts nobody may see, and from whom they are hidden (`domain.md` §4.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contracts.ids import HouseholdId, PersonId
from services.linker.domain.household import last_household
from services.linker.domain.kinship import Kin
from services.linker.domain.records import Naming, Record, RecordKey, day, needed_day, texts


@dataclass(frozen=True, slots=True)
class Measure:
    """A protection measure. `valid_to` is a due date for people, not an end: protection lasts until a person lifts it."""

    key: RecordKey
    valid_from: date
    valid_to: date | None
    applicant: PersonId
    protected: tuple[PersonId, ...]
    opponents: tuple[PersonId, ...]
    voided: bool = False


def measure_of(record: Record, naming: Naming) -> Measure | None:
    """
    Return the measure that a record states, or None if it was taken back or names no applicant. Raises Unreadable.

    It waits for nobody's entry in the register: who is unknown today must be protected when they appear.
    """
    if record.data is None or record.subject_id is None:
        return None
    covered = {naming.person(number) for number in texts(record.data, "covered_persons")}
    opponents = {naming.person(number) for number in texts(record.data, "opponent_person_nos")}
    return Measure(
        key=record.key,
        valid_from=needed_day(record.data, "from"),
        valid_to=day(record.data, "to"),
        applicant=record.subject_id,
        protected=tuple(sorted(covered | {record.subject_id})),
        opponents=tuple(sorted(opponents - covered - {record.subject_id})),
    )


def joined(measures: Sequence[Measure]) -> Measure:
    """
    Return one measure that protects whom any of these does.

    A revision about somebody else lifts nobody's protection until a person decides, and protects whom it names all the same.
    """
    protected = {person for each in measures for person in each.protected}
    ends = [each.valid_to for each in measures]
    return replace(
        measures[0],
        valid_from=min(each.valid_from for each in measures),
        valid_to=None if None in ends else max(end for end in ends if end is not None),
        protected=tuple(sorted(protected)),
        opponents=tuple(sorted({person for each in measures for person in each.opponents} - protected)),
    )


def taken_back(measure: Measure) -> Measure:
    """Return the measure as one that was never true."""
    return replace(measure, voided=True)


def unlisted(household_id: HouseholdId, people: Iterable[Kin], measures: Iterable[Measure]) -> frozenset[PersonId]:
    """
    Return whom a household must not list: who is protected from somebody who lives there, or lived there last (`domain.md` §2.8-8).

    `people` are everybody who ever belonged to it. Who is protected is left out also where the register still has them there.
    """
    living = {each.person_id for each in people if last_household(each.memberships) == household_id}
    return protected_persons(measure for measure in measures if not living.isdisjoint(measure.opponents))


def protected_persons(measures: Iterable[Measure]) -> frozenset[PersonId]:
    """Return everybody whom a measure protects. An expired one still does: only a person lifts it `[PROP]`."""
    return frozenset(person for measure in measures if not measure.voided for person in measure.protected)
