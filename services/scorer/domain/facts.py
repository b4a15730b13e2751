"""What is known of a child when its indicators are computed. Everything here passed the edge and is trusted."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar, assert_never, cast

from contracts.catalogue.facts import Fact
from contracts.facts import (
    AllowanceEntitlementChanged,
    ChildcareUseChanged,
    InfantCheckupRecorded,
    LongTermCareCertificationChanged,
    MedicalSubsidyChanged,
    PostpartumCheckupRecorded,
    PregnancyNotified,
    PrenatalExamRecorded,
    PublicAssistanceMemberChanged,
)
from contracts.ids import EventId, PersonId, SchoolId, WelfareCaseId
from contracts.quick import quick
from contracts.values import Observation, Sex, Source
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay

F = TypeVar("F", bound=Fact)

Watermarks = Mapping[Source, date]
"""Up to which day (included) each source has delivered everything. A source without an entry has promised nothing."""

NONE: frozenset[Source] = frozenset()

Said = type[Any] | tuple[type[Any], str]
"""A class of what records say, or one kind of it."""

OF_A_KIND = frozenset({AllowanceEntitlementChanged, MedicalSubsidyChanged})

_OF_A_BIRTH = (PregnancyNotified, PrenatalExamRecorded, PostpartumCheckupRecorded)


@quick(frozen=True, slots=True)
class InHand:
    """
    Sources of which the city holds records that are not facts yet: parked, in review, waiting, or still on their way (`domain.md` §2.8-2).

    Any of them may be the very record whose absence would be concluded.
    """

    own: frozenset[Source] = NONE
    """They may concern the child itself."""
    mother: frozenset[Source] = NONE
    """They may concern its mother."""
    guardians: frozenset[Source] = NONE
    """They may concern somebody who has, or had, the child in care."""
    household: frozenset[Source] = NONE
    """They may concern a member of a household of the child's."""
    anybody: frozenset[Source] = NONE
    """It cannot be told whom they concern."""
    unnotified: bool = False
    """Exams of pregnancies that nobody was notified of: they may concern whoever was born of one."""

    def by(self, reach: Reach) -> frozenset[Source]:
        """The sources of which a record is held that would come by `reach`."""
        match reach:
            case Reach.CHILD | Reach.REGISTER:
                return self.own
            case Reach.DELIVERY | Reach.MOTHER:
                return self.own | self.mother
            case Reach.GUARDIAN:
                # A list that is held may name the child first: of somebody who has it in care by no other one.
                return self.own | self.mother | self.guardians
            case Reach.HOUSEHOLD:
                return self.own | self.household
            case _:
                assert_never(reach)


NOTHING_IN_HAND = InHand()


@quick(frozen=True, slots=True)
class Child:
    """The person: who is born when, and lives here when. `stays` are merged."""

    birth_date: date
    sex: Sex
    stays: tuple[Stay, ...]
    exists: bool = True
    """False once every record of the person was voided."""
    moves: tuple[date, ...] | None = None
    """The days on which the address changed, in order; None where they were not told."""


@quick(frozen=True, slots=True)
class Told(Generic[F]):
    """A record as it was told, read into the catalogue's class of its event type."""

    fact: F
    event_id: EventId
    said_on: date | None = None
    """The day of which the owner says it."""
    case: WelfareCaseId | None = None
    """The welfare case that it is of."""
    during: tuple[Stay, ...] = ()
    """The days on which the person whom it is about was the child's guardian or housemate; empty for the child's own."""
    whose: PersonId | None = None
    """Whose it is, of a guardian's or a housemate's."""
    school_id: SchoolId | None = None
    """The school whose row for a month it is."""
    recorded_at: datetime | None = None
    """When the school recorded it."""


@quick(frozen=True, slots=True)
class Housemate:
    """Somebody of the child's households, the child included, and the days together: none across a protection measure."""

    person_id: PersonId
    birth_date: date | None
    """Empty where the register does not know the day: such are adults."""
    during: tuple[Stay, ...]
    is_child: bool = False
    described: bool = True
    """False where a household names them and nothing else is known of them yet."""


Telling = Mapping[tuple[Reach, type[Any]], tuple[Told[Fact], ...]]
"""What was told, by the way in which it reaches the child and by the class of what it says."""

NOTHING_TOLD: Telling = MappingProxyType({})


@quick(frozen=True, slots=True)
class Checkup:
    """An infant checkup that was received."""

    checkup_type: str
    exam_date: date
    event_id: EventId
    weight_kg: float | None = None
    height_cm: float | None = None
    gestational_weeks: int | None = None
    """Completed weeks at birth."""


@quick(frozen=True, slots=True)
class Notification:
    """A pregnancy's notification (妊娠届). `weeks` are completed weeks at the issue, `first_weeks` those told to another city."""

    issued_on: date | None
    issue_kind: str
    weeks: int | None
    first_weeks: int | None
    edd: date | None
    event_id: EventId


@quick(frozen=True, slots=True)
class Exam:
    """A prenatal exam (妊婦健診)."""

    exam_date: date
    event_id: EventId


@quick(frozen=True, slots=True)
class Postpartum:
    """A postpartum checkup (産婦健診) with its EPDS total, 0 to 30; the answers are never held."""

    exam_date: date
    total: int | None
    event_id: EventId


@quick(frozen=True, slots=True)
class Pregnancy:
    """The pregnancy that the child was born of. Each group of facts is in the order of its dates."""

    mother_stays: tuple[Stay, ...]
    notifications: tuple[Notification, ...] = ()
    exams: tuple[Exam, ...] = ()
    postpartum: tuple[Postpartum, ...] = ()
    mother_known: bool = True
    """False where the health section names the child and no mother (§2.8-3)."""
    ambiguous: bool = False
    """The mother has records of a pregnancy around this birth that belongs to no child yet: it may be this one."""


@quick(frozen=True, slots=True)
class Membership:
    """The child's place in a public-assistance case, with the case's course. All intervals are half-open."""

    member_from: date | None
    member_to: date | None
    started_on: date
    suspended_from: date | None
    suspended_to: date | None
    abolished_on: date | None
    event_id: EventId
    case: WelfareCaseId | None = None
    """Which welfare case, without its number; empty where the record does not say."""
    said_on: date | None = None
    """The day of which the owner says this row."""


@quick(frozen=True, slots=True)
class Observed:
    """What staff saw of the child on a day (`domain.md` §2.8-22)."""

    observation: Observation
    day: date
    event_id: EventId


@quick(frozen=True, slots=True)
class Separation:
    """A welfare case that the child must not be taken to share: an opponent is a member of it while a measure protects the child."""

    case: WelfareCaseId | None
    measure: Stay
    opponent: Stay
    """The opponent's membership."""

    def holds(self, day: date) -> bool:
        """Whether the measure and the opponent's membership both hold on `day`."""
        return self.measure.holds(day) and self.opponent.holds(day)


@quick(frozen=True, slots=True)
class ChildFacts:
    """All facts that reach a child (`domain.md` §2.3). `pregnancies` has one entry once the linker knows the delivery."""

    checkups: tuple[Checkup, ...] = ()
    pregnancies: tuple[Pregnancy, ...] = ()
    memberships: tuple[Membership, ...] = ()
    carried: Pregnancy | None = None
    """What the certain mother's records say of this birth where no pregnancy is linked (§2.8-4 and 5)."""
    separations: tuple[Separation, ...] = ()
    in_hand: InHand = NOTHING_IN_HAND
    told: Telling = field(default_factory=lambda: NOTHING_TOLD)
    """Records of the event types that no family above has a form of its own for, in the order of their numbers."""
    parted: Telling = field(default_factory=lambda: NOTHING_TOLD)
    """Lists that name the child, of somebody from whom a measure protects it; `during` are the days on which it does (§2.8-8 and 21)."""
    housemates: tuple[Housemate, ...] = ()
    """Whoever lives or lived in one household with the child, the child first; empty where no household of it is known."""
    observed: tuple[Observed, ...] = ()
    """What staff saw of the child, in the order of the days; of one day, in that in which it was recorded."""

    def told_as(self, kind: type[F], reach: Reach = Reach.CHILD) -> tuple[Told[F], ...]:
        """What was told in records of one class of `contracts/facts.py`, by one way."""
        return cast("tuple[Told[F], ...]", self.told.get((reach, kind), ()))

    def parted_as(self, kind: type[F]) -> tuple[Told[F], ...]:
        """What an opponent's records of a class would tell of the child if no measure stood between them: never whether it is so."""
        return cast("tuple[Told[F], ...]", self.parted.get((Reach.GUARDIAN, kind), ()))

    def classes(self) -> set[Said]:
        """
        The classes of `contracts/facts.py` of which anything reaches the child, or may: of a birth all where its mother is known.

        Of a class whose records are of several kinds that no item reads together, also each kind.
        """
        found: set[Said] = set()
        for telling in (self.told, self.parted) if self.parted else (self.told,):
            for (_, said), told in telling.items():
                found.add(said)
                if said in OF_A_KIND:
                    found.update((said, cast("Any", each.fact).kind) for each in told)
        if self.checkups:
            found.add(InfantCheckupRecorded)
        if self.memberships or self.separations:
            found.add(PublicAssistanceMemberChanged)
        if self.pregnancies or self.carried is not None:
            found.update(_OF_A_BIRTH)
        if self.housemates:
            # That somebody lives there tells already that the household is known.
            found.add(LongTermCareCertificationChanged)
        if self.observed:
            found.add(ChildcareUseChanged)
        return found

    @property
    def followed(self) -> tuple[Pregnancy, ...]:
        """The linked pregnancies; without one, what the certain mother's records say of the birth."""
        if self.pregnancies or self.carried is None:
            return self.pregnancies
        return (self.carried,)
