"""Everything that a parcel changes, with what was there before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.ids import EventId, HouseholdId, PersonId, PregnancyId
from services.linker.domain.household import Membership
from services.linker.domain.kinship import Birth, Kin
from services.linker.domain.linking import Known
from services.linker.domain.lists import Place
from services.linker.domain.matches import Matched
from services.linker.domain.person import Person
from services.linker.domain.pregnancy import Pregnancy
from services.linker.domain.records import Link, PupilKey, Record, RecordKey
from services.linker.domain.revisions import Course
from services.linker.domain.roster import Comparable
from services.linker.matched import Decided
from services.linker.naming import Names
from services.linker.stored import KnownMeasure, KnownPerson


@dataclass(slots=True)
class Rows:
    """The rows of the schools' lists that name no number."""

    before: dict[RecordKey, Decided] = field(default_factory=dict)
    """What was decided of them last, as it is stored."""
    now: dict[RecordKey, Matched] = field(default_factory=dict)
    """Those that are decided again."""
    keys: dict[RecordKey, frozenset[int]] = field(default_factory=dict)
    """By which keys these ask."""
    beside: Mapping[Place, frozenset[PupilKey]] = field(default_factory=dict)
    """Who else is a child on a list: pupils of whom this parcel decides nothing."""


@dataclass(slots=True)
class Change:
    """Everything that a parcel changes, with what was there before."""

    naming: Names
    partitions: int
    fresh: dict[RecordKey, Record]
    """Revisions newer than what was held."""
    held: dict[RecordKey, Record]
    """The records concerned as they were stored."""
    records: dict[RecordKey, Record]
    """The records concerned as they are now."""
    courses: dict[RecordKey, Course]
    """What holds of the register's records of which there is more than one revision."""
    causes: dict[PersonId | PregnancyId, EventId]
    """By person or pregnancy: the last event of the parcel about it."""
    last_cause: EventId
    late: frozenset[RecordKey] = frozenset()
    """Those of `fresh` that are what was held, since only an older revision came that says something of the time before."""
    pupils_read: frozenset[PupilKey] = frozenset()
    """The pupils of whom all that is here was read with the parcel, while nobody else writes."""
    known: dict[PersonId, KnownPerson] = field(default_factory=dict)
    people: dict[PersonId, Person] = field(default_factory=dict)
    """The persons of whom the register says something in this parcel."""
    disputed: frozenset[RecordKey] = frozenset()
    memberships: dict[PersonId, tuple[Membership, ...]] = field(default_factory=dict)
    """As they were stored."""
    old_measures: dict[RecordKey, KnownMeasure] = field(default_factory=dict)
    measures: dict[RecordKey, KnownMeasure] = field(default_factory=dict)
    """Those that are new, changed or taken back."""
    households: dict[HouseholdId, tuple[str, EventId]] = field(default_factory=dict)
    """Those to tell of, with their numbers and the events that changed them."""
    unlisted: dict[HouseholdId, frozenset[PersonId]] = field(default_factory=dict)
    """Whom each of them must not list."""
    old_pregnancies: dict[PregnancyId, Pregnancy] = field(default_factory=dict)
    pregnancies: dict[PregnancyId, Pregnancy | None] = field(default_factory=dict)
    """Those of the parcel, decided again; None where every record was taken back."""
    links: dict[RecordKey, Link] = field(default_factory=dict)
    """What becomes of the records concerned."""
    kin: dict[PersonId, Kin] = field(default_factory=dict)
    homes: dict[HouseholdId, list[Kin]] = field(default_factory=dict)
    """The same by every household that they ever were in."""
    births: dict[PersonId, Birth] = field(default_factory=dict)
    """The children whose mother or pregnancies changed."""
    old_births: dict[PersonId, Birth] = field(default_factory=dict)
    alike: dict[PregnancyId, Pregnancy] = field(default_factory=dict)
    """The pregnancies whose numbers are those of the parcel but for leading zeros, as they were stored."""
    children: dict[PersonId, tuple[Comparable | None, Comparable | None]] = field(default_factory=dict)
    """What the rows of the schools' lists are compared with, as it was and as it is, where it is another one now."""
    rows: Rows = field(default_factory=Rows)
    link_basis: Known = field(default_factory=lambda: Known(frozenset()))
    """All that the links of the records rest on."""
    facts_said: dict[PersonId, int] = field(default_factory=dict)
    """How many facts were said so far of whom this parcel tells of."""

    decision: EventId | None = None
    """What a person decided, where that led to this change and no event did: it gives ids of their own to what is said anew."""

    def cause_of(self, key: RecordKey) -> EventId:
        """Return what led to the change of a record."""
        return self.decision or self.fresh[key].event_id

    def cause(self, *concerned: PersonId | PregnancyId) -> EventId:
        """Return the event that led to a change of one of the concerned."""
        return self.decision or next((self.causes[each] for each in concerned if each in self.causes), self.last_cause)
