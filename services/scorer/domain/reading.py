"""From stored records to the facts of one child: which records reach it (`domain.md` §2.3), and what they say."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

from contracts.catalogue.facts import Fact, fact_of
from contracts.catalogue.readers import day
from contracts.facts import (
    InfantCheckupRecorded,
    PostpartumCheckupRecorded,
    PregnancyNotified,
    PrenatalExamRecorded,
    PublicAssistanceMemberChanged,
)
from contracts.ids import EventId, PersonId, SchoolId, WelfareCaseId
from contracts.kinds import EventKind, Source
from contracts.quick import quick
from services.scorer.domain.ages import DAY, DAYS_TO_TERM, add_months
from services.scorer.domain.facts import (
    NOTHING_IN_HAND,
    NOTHING_TOLD,
    Checkup,
    ChildFacts,
    Exam,
    Housemate,
    InHand,
    Membership,
    Notification,
    Observed,
    Postpartum,
    Pregnancy,
    Separation,
    Telling,
    Told,
)
from services.scorer.domain.indicators import OWN
from services.scorer.domain.indicators.pregnancy import expected_delivery
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay

READ_BEFORE = 16_384
"""So many records' words are kept as they were read (10 MB): of a month at school, a survey or a day many say the same."""

F = TypeVar("F", bound=Fact)

CHECKUP = EventKind.INFANT_CHECKUP_RECORDED
NOTIFIED = EventKind.PREGNANCY_NOTIFIED
PRENATAL = EventKind.PRENATAL_EXAM_RECORDED
POSTPARTUM = EventKind.POSTPARTUM_CHECKUP_RECORDED
ASSISTANCE = EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED

_TOLD = OWN - {CHECKUP, ASSISTANCE}
"""What indicators read of the child itself as it was told: no family has a form of its own for it."""


@quick(frozen=True, slots=True)
class Record:
    """One record of a source as the linker told it, not voided."""

    source: Source
    event_type: str
    record_id: str
    event_id: EventId
    data: Mapping[str, Any]
    """Its fields as they were told; each family reads them with the catalogue's class (`contracts/facts.py`)."""
    said_on: date | None = None
    """The day of which the owner says it."""
    case_id: WelfareCaseId | None = None
    """The welfare case that it is of."""
    fact: Fact | None = None
    """What it says, typed, where whoever made this has read it already: many records say the same."""
    school_id: SchoolId | None = None
    """The school whose row for a month it is, and when that recorded it."""
    recorded_at: datetime | None = None

    def said(self) -> Fact:
        """What it says, typed. Raises Unreadable, which names the field."""
        return self.fact if self.fact is not None else fact_of(self.source, self.event_type, self.data)


@quick(frozen=True, slots=True)
class DeliveryRecords:
    """What is held of a delivery: the pregnancy's records, and those that name only the mother (`loose`)."""

    mother_stays: tuple[Stay, ...]
    linked: Sequence[Record]
    loose: Sequence[Record] = ()
    mother_known: bool = True


@quick(frozen=True, slots=True)
class MotherRecords:
    """
    What is held of the certain mother of a child without a linked pregnancy (`domain.md` §2.8-3).

    `before` and `after` are her births next to this one: what belongs to them never reaches this child.
    """

    stays: tuple[Stay, ...]
    loose: Sequence[Record]
    """Records that name only her."""
    unborn: Sequence[Record] = ()
    """Records of her pregnancies that no child is known to be born of."""
    before: date | None = None
    after: date | None = None


@quick(frozen=True, slots=True)
class OtherRecord:
    """A record about a guardian or a housemate of the child, and the days on which the person was one."""

    reach: Reach
    during: tuple[Stay, ...]
    record: Record
    parted: bool = False
    """Whether these are the days on which a measure protects the child from that person: nothing is concluded from what it says."""
    whose: PersonId | None = None
    """Whose it is, of a guardian's or a housemate's."""


@quick(frozen=True, slots=True)
class OpponentRecord:
    """A row of an opponent in a welfare case, and the measure that protects the child from that person."""

    measure: Stay
    record: Record


@lru_cache(maxsize=READ_BEFORE)
def read_text(source: str, event_type: str, data: str) -> tuple[Mapping[str, Any], Fact]:
    """Return what a record says, of its JSON: as it was told, and typed. Raises Unreadable, which names the field."""
    said = json.loads(data)
    return said, fact_of(source, event_type, said)


def check(record: Record) -> None:
    """
    Read a record once, before it is kept: one that cannot be read would stop every later evaluation of its child.

    Raises Unreadable, which names the field.
    """
    fact_of(record.source, record.event_type, record.data)


def child_facts(
    birth: date,
    own: Sequence[Record],
    deliveries: Iterable[DeliveryRecords] = (),
    parameters: Parameters = FUKUOKA,
    *,
    mother: MotherRecords | None = None,
    opponents: Iterable[OpponentRecord] = (),
    others: Sequence[OtherRecord] = (),
    housemates: Iterable[Housemate] = (),
    observed: Sequence[Observed] = (),
    in_hand: InHand = NOTHING_IN_HAND,
) -> ChildFacts:
    """Everything that reaches a child born on `birth`. The order of the records does not matter; `observed` is in that of its days."""
    return ChildFacts(
        checkups=_checkups(own),
        pregnancies=tuple(_pregnancy(birth, delivery, parameters) for delivery in deliveries),
        memberships=tuple(_membership(record) for record in _ordered(own, ASSISTANCE, "started_on")),
        carried=_carried_by(mother, birth, parameters) if mother is not None else None,
        separations=tuple(_separation(each) for each in opponents),
        in_hand=in_hand,
        told=_told(own, [each for each in others if not each.parted]) if _TOLD or others else NOTHING_TOLD,
        parted=_told((), parted) if (parted := [each for each in others if each.parted]) else NOTHING_TOLD,
        housemates=tuple(sorted(housemates, key=lambda mate: (not mate.is_child, mate.person_id))),
        observed=tuple(observed),
    )


def _told(own: Iterable[Record], others: Iterable[OtherRecord]) -> Telling:
    of_child = ((record, Reach.CHILD, (), None) for record in own if record.event_type in _TOLD)
    of_others = ((each.record, each.reach, each.during, each.whose) for each in others)
    found: defaultdict[tuple[Reach, type[Fact]], list[Told[Fact]]] = defaultdict(list)
    for record, reach, during, whose in sorted((*of_child, *of_others), key=lambda each: each[0].record_id):
        fact = record.said()
        told = Told(fact, record.event_id, record.said_on, record.case_id, during, whose, record.school_id, record.recorded_at)
        found[reach, type(fact)].append(told)
    return {way: tuple(told) for way, told in found.items()}


def _checkups(own: Iterable[Record]) -> tuple[Checkup, ...]:
    read = ((_as(InfantCheckupRecorded, record), record.event_id) for record in _ordered(own, CHECKUP, "exam_date"))
    return tuple(
        Checkup(fact.checkup_type, fact.exam_date, event_id, fact.weight_kg, fact.height_cm, fact.gestational_weeks)
        for fact, event_id in read
        if fact.result_status != "not_attended"
    )


def _pregnancy(birth: date, delivery: DeliveryRecords, parameters: Parameters) -> Pregnancy:
    notifications = tuple(_notification(record) for record in _ordered(delivery.linked, NOTIFIED, "handbook_issued_on"))
    return Pregnancy(
        mother_stays=delivery.mother_stays,
        notifications=notifications,
        exams=tuple(_exam(r) for r in _of_delivery(delivery, PRENATAL, _carried(birth, notifications, parameters))),
        postpartum=tuple(_postpartum(r) for r in _of_delivery(delivery, POSTPARTUM, _after(birth, parameters))),
        mother_known=delivery.mother_known,
    )


def _carried_by(mother: MotherRecords, birth: date, parameters: Parameters) -> Pregnancy:
    """What the certain mother's records say of this birth: from the birth before it to the birth after it, and no further."""
    begun = birth - timedelta(days=parameters.unlinked_prenatal_days)
    screened_to = add_months(birth, parameters.epds_by_kinship_months)
    first = max(begun, mother.before + DAY) if mother.before else begun
    last = min(screened_to, mother.after) if mother.after else screened_to
    return Pregnancy(
        mother_stays=mother.stays,
        exams=tuple(e for e in map(_exam, _ordered(mother.loose, PRENATAL, "exam_date")) if first <= e.exam_date <= birth),
        postpartum=tuple(p for p in map(_postpartum, _ordered(mother.loose, POSTPARTUM, "exam_date")) if birth <= p.exam_date < last),
        ambiguous=any(first <= day < last for record in mother.unborn if (day := _day_of(record))),
    )


def _day_of(record: Record) -> date | None:
    """The day on which a record of a pregnancy was made."""
    told = next((record.data[name] for name in ("exam_date", "handbook_issued_on", "notified_on") if record.data.get(name)), None)
    return day(told) if told else None


def _separation(opponent: OpponentRecord) -> Separation:
    row = _membership(opponent.record)
    return Separation(row.case, opponent.measure, Stay(row.member_from or row.started_on, row.member_to))


def _of_delivery(delivery: DeliveryRecords, event_type: str, belongs: Callable[[date], bool]) -> list[Record]:
    """The delivery's own records, and of those that name only the mother the ones whose date belongs to it."""
    if not delivery.loose:
        return _ordered(delivery.linked, event_type, "exam_date")
    loose = (r for r in delivery.loose if r.event_type == event_type and belongs(day(r.data["exam_date"])))
    return _ordered((*delivery.linked, *loose), event_type, "exam_date")


def _carried(birth: date, notifications: tuple[Notification, ...], parameters: Parameters) -> Callable[[date], bool]:
    edd = expected_delivery(notifications)
    begun = edd - timedelta(days=DAYS_TO_TERM) if edd else birth - timedelta(days=parameters.unlinked_prenatal_days)
    return lambda day: begun <= day <= birth


def _after(birth: date, parameters: Parameters) -> Callable[[date], bool]:
    return lambda day: birth <= day < birth + timedelta(days=parameters.unlinked_postpartum_days)


def _notification(record: Record) -> Notification:
    fact = _as(PregnancyNotified, record)
    return Notification(
        issued_on=fact.handbook_issued_on or fact.notified_on,
        issue_kind=fact.issue_kind,
        weeks=fact.gestational_weeks,
        first_weeks=fact.first_notification_weeks,
        edd=fact.edd,
        event_id=record.event_id,
    )


def _exam(record: Record) -> Exam:
    return Exam(_as(PrenatalExamRecorded, record).exam_date, record.event_id)


def _postpartum(record: Record) -> Postpartum:
    fact = _as(PostpartumCheckupRecorded, record)
    return Postpartum(fact.exam_date, fact.epds_total, record.event_id)


def _membership(record: Record) -> Membership:
    fact = _as(PublicAssistanceMemberChanged, record)
    return Membership(
        member_from=fact.member_from,
        member_to=fact.member_to,
        started_on=fact.started_on,
        suspended_from=fact.suspended_from,
        suspended_to=fact.suspended_to,
        abolished_on=fact.abolished_on,
        event_id=record.event_id,
        case=record.case_id,
        said_on=record.said_on,
    )


def _as(kind: type[F], record: Record) -> F:
    return record.fact if isinstance(record.fact, kind) else cast("F", record.said())


def _ordered(records: Iterable[Record], event_type: str, by: str) -> list[Record]:
    """Records of one type by date, then by record: ISO text sorts as its dates do, and ids of messages never decide."""
    chosen = [record for record in records if record.event_type == event_type]
    return sorted(chosen, key=lambda record: (record.data.get(by) or "", record.record_id)) if len(chosen) > 1 else chosen
