"""Messages that casework hears, with as little said as a test needs."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4, uuid5

from contracts.feeds import FeedStanding
from contracts.ids import EventId, HouseholdId, MeasureId, PersonId
from contracts.messages import (
    EvaluationOverdue,
    FeedState,
    FeedWatermark,
    HouseholdChanged,
    HouseholdMember,
    IndicatorState,
    PersonChanged,
    PersonIdentified,
    PersonsMerged,
    PersonSplit,
    ProtectionChanged,
    Residence,
    ReviewBasisChanged,
    ReviewNeeded,
)
from contracts.values import Group, IndicatorValue, Item, Relationship, Sex, Source, Ward

NAMES = UUID("6c1f4a52-0000-4000-8000-000000000000")
SAID = datetime(2026, 4, 10, 22, 0, tzinfo=UTC)
"""7 o'clock in Japan on 11 April 2026."""

BIRTH = date(2024, 2, 10)


def person(name: str) -> PersonId:
    """Return the id of somebody, always the same for the same name."""
    return PersonId(uuid5(NAMES, name))


def home(name: str) -> HouseholdId:
    """Return the id of a household, always the same for the same name."""
    return HouseholdId(uuid5(NAMES, name))


def fresh_id() -> EventId:
    """Return the id of a message that was not said before."""
    return EventId(uuid4())


def lives(
    who: str, ward: Ward | None = Ward.HAKATA, *, version: int = 1, birth: date = BIRTH, household: str | None = "H", exists: bool = True
) -> PersonChanged:
    """Say where somebody lives; without a ward, that the register names none."""
    return PersonChanged(
        event_id=fresh_id(),
        occurred_at=SAID,
        person_id=person(who),
        version=version,
        birth_date=birth,
        sex=Sex.FEMALE,
        residence=(Residence(start=birth, end=None, ward=ward),),
        household_id=home(household) if household else None,
        exists=exists,
    )


def is_called(who: str, name: str, kana: str | None = None, *, version: int = 1, address: str = "40132001") -> PersonIdentified:
    """Say what somebody is called, and in which street they live."""
    return PersonIdentified(
        event_id=fresh_id(),
        occurred_at=SAID,
        person_id=person(who),
        version=version,
        person_no=f"00{version}",
        name=name,
        kana=kana,
        address_code=address,
    )


def is_one_person(survivor: str, absorbed: str, *, version: int = 1) -> PersonsMerged:
    """Say that people took two for one."""
    survivor_id, absorbed_id = person(survivor), person(absorbed)
    return PersonsMerged(
        event_id=fresh_id(), occurred_at=SAID, survivor_id=survivor_id, absorbed_id=absorbed_id, version=version, records_moved=1
    )


def is_two_persons(former: str, own: str, *, version: int = 2) -> PersonSplit:
    """Say that they are not."""
    return PersonSplit(
        event_id=fresh_id(), occurred_at=SAID, from_id=person(former), person_id=person(own), version=version, records_moved=1
    )


def household(no: str, *members: tuple[str, Relationship], version: int = 1, name: str = "H") -> HouseholdChanged:
    """Say who lives together."""
    people = tuple(
        HouseholdMember(person_id=person(who), relationship=relationship, start=date(2020, 1, 1), end=None) for who, relationship in members
    )
    return HouseholdChanged(
        event_id=fresh_id(), occurred_at=SAID, household_id=home(name), version=version, household_no=no, members=people
    )


def measure(
    protected: tuple[str, ...],
    opponents: tuple[str, ...],
    *,
    version: int = 1,
    voided: bool = False,
    valid_to: date | None = None,
    name: str = "measure",
) -> ProtectionChanged:
    """Say who is hidden from whom."""
    return ProtectionChanged(
        event_id=fresh_id(),
        occurred_at=SAID,
        measure_id=MeasureId(uuid5(NAMES, name)),
        version=version,
        valid_from=date(2026, 4, 10),
        valid_to=valid_to,
        protected=tuple(map(person, protected)),
        opponents=tuple(map(person, opponents)),
        voided=voided,
    )


def indicator(item: Item, value: IndicatorValue = IndicatorValue.TRUE, reason: str = "not_received", **more: object) -> IndicatorState:
    """Say what one indicator is."""
    welfare = item is Item.HOUSEHOLD_PUBLIC_ASSISTANCE
    facts: dict[str, object] = {
        "item": item,
        "value": value,
        "counted": True,
        "valid_from": date(2026, 4, 11),
        "valid_to": None,
        "known_at": SAID,
        "reason_code": reason,
        "source": Source.PUBLIC_ASSISTANCE if welfare else Source.MATERNAL_CHILD_HEALTH,
        "evidence": (),
        "fresh_through": date(2026, 4, 11),
    }
    return IndicatorState.model_validate(facts | more)


LATE_NOTIFICATION = indicator(
    Item.LATE_PREGNANCY_NOTIFICATION, reason="notified_late", valid_from=BIRTH, detail={"weeks": 21, "issued_on": "2023-10-02"}
)
NO_18M = indicator(Item.CHECKUP_18M_NOT_RECEIVED, detail={"window_start": "2025-08-10", "window_end": "2026-02-10", "due_on": "2026-04-11"})
HAD_18M = indicator(
    Item.CHECKUP_18M_NOT_RECEIVED,
    IndicatorValue.FALSE,
    "received",
    valid_from=date(2026, 5, 8),
    detail={"window_start": "2025-08-10", "window_end": "2026-02-10", "due_on": "2026-04-11", "exam_date": "2026-05-08", "late": True},
)
HAD_4M = indicator(
    Item.CHECKUP_4M_NOT_RECEIVED,
    IndicatorValue.FALSE,
    "received",
    valid_from=date(2024, 6, 20),
    detail={"exam_date": "2024-06-20", "late": False},
)
EXAMS_UNKNOWN = indicator(Item.NO_PRENATAL_CHECKUPS, IndicatorValue.UNKNOWN, "mother_residence_incomplete", valid_from=None)
EPDS = indicator(Item.EPDS_HIGH, reason="total_high", detail={"highest": 11, "latest": 6, "latest_on": "2024-03-20"})
WELFARE = indicator(Item.HOUSEHOLD_PUBLIC_ASSISTANCE, reason="receiving", valid_from=date(2026, 2, 1))

S08 = (NO_18M, LATE_NOTIFICATION, HAD_4M, EXAMS_UNKNOWN)
"""What is known of the child of story S08 on 11 April 2026."""


def needed(
    who: str,
    *,
    version: int = 1,
    indicators: tuple[IndicatorState, ...] = S08,
    groups: tuple[Group, ...] = (Group.PERI, Group.CHK),
    as_of: date = date(2026, 4, 11),
    cool_down_days: int | None = None,
) -> ReviewNeeded:
    """Ask people to look at somebody."""
    return ReviewNeeded(
        event_id=EventId(uuid5(person(who), f"needed {version}")),
        occurred_at=SAID,
        person_id=person(who),
        version=version,
        ruleset="SP-1",
        as_of=as_of,
        groups=groups,
        indicators=indicators,
        cool_down_days=cool_down_days,
    )


def basis_changed(
    who: str,
    *,
    version: int = 2,
    indicators: tuple[IndicatorState, ...] = (HAD_18M, LATE_NOTIFICATION, HAD_4M, EXAMS_UNKNOWN),
    groups: tuple[Group, ...] = (Group.PERI,),
    still_needed: bool = False,
    as_of: date = date(2026, 5, 20),
) -> ReviewBasisChanged:
    """Say that the facts behind a review changed."""
    return ReviewBasisChanged(
        event_id=EventId(uuid5(person(who), f"basis {version}")),
        occurred_at=SAID,
        person_id=person(who),
        version=version,
        ruleset="SP-1",
        as_of=as_of,
        needed=still_needed,
        groups=groups,
        indicators=indicators,
    )


def overdue(who: str, since: date | None, *, version: int = 1) -> EvaluationOverdue:
    """Say that somebody could not be evaluated, or could be again."""
    return EvaluationOverdue(event_id=fresh_id(), occurred_at=SAID, person_id=person(who), version=version, since=since)


def feed_stands(source: Source, standing: FeedStanding, *, version: int) -> FeedState:
    """Say how the feed of a source stands, since the eleventh of April."""
    return FeedState(
        event_id=EventId(uuid4()),
        occurred_at=SAID,
        source=source,
        version=version,
        standing=standing,
        since=date(2026, 4, 11),
        complete_through=None,
    )


def delivered(source: Source, through: date, version: int = 0) -> FeedWatermark:
    """Say that a source has delivered everything up to a day."""
    return FeedWatermark(event_id=EventId(uuid4()), occurred_at=SAID, source=source, complete_through=through, version=version)
