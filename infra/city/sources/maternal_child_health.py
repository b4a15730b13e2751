"""The health section (母子保健): pregnancies with their exams, and checkups of children, with what goes wrong in writing them down."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from contracts.kinds import EventKind, Source
from infra.city.dates import happens
from infra.city.population import Checkup, Family, Pregnancy
from infra.city.sources.pen import Event, Pen, Placed, Timed

HEALTH = Source.MATERNAL_CHILD_HEALTH


def tell(pen: Pen, number: int, family: Family) -> Iterator[Placed]:
    """The health section's events about family `number`."""
    for pregnancy in family.pregnancies:
        yield from _pregnancy(pen, number, pregnancy, family)
    for checkup in family.checkups:
        yield from _checkup(pen, number, checkup)


def _pregnancy(pen: Pen, number: int, pregnancy: Pregnancy, family: Family) -> Iterator[Placed]:
    place = pen.later(number)
    yield Placed(place, _notification(pen, pregnancy, pregnancy.notified_at_days, revision=1))
    if pregnancy.corrected_at_days is not None:
        corrected = _notification(pen, pregnancy, pregnancy.corrected_at_days, revision=2)
        pen.afternoon.append(Timed(corrected, _child_of(family)))
    for exam in _exams(pen, pregnancy):
        yield Placed(place + pen.rng.uniform(-0.5, 3), exam)
    if pregnancy.ended_on is not None:
        yield Placed(place + pen.rng.uniform(0, 4), _ended(pen, pregnancy, pregnancy.ended_on))


def _notification(pen: Pen, pregnancy: Pregnancy, at_days: int, revision: int) -> Event:
    weeks, days = divmod(at_days, 7)
    as_text = revision > 1 or happens(pen.rng, 0.7)
    data = {
        "pregnancy_id": pregnancy.pregnancy_no,
        "mother_person_no": pregnancy.mother_no,
        "notified_on": pregnancy.notified_on.isoformat(),
        "handbook_issued_on": pregnancy.notified_on.isoformat(),
        "issue_kind": pregnancy.issue_kind,
        "gestational_weeks": f"{weeks}w{days}d" if as_text else weeks,
        "edd": pregnancy.due_on.isoformat(),
        "fetus_count": pregnancy.fetuses,
    }
    record = f"NT-{pregnancy.pregnancy_no}"
    return pen.event(HEALTH, EventKind.PREGNANCY_NOTIFIED, record, pregnancy.notified_on, data, revision=revision)


def _exams(pen: Pen, pregnancy: Pregnancy) -> Iterator[Event]:
    reference = {"pregnancy_id": pregnancy.pregnancy_no, "mother_person_no": pregnancy.mother_no}
    for position, exam_on in enumerate(pregnancy.exams):
        weeks = (280 - (pregnancy.due_on - exam_on).days) // 7
        data = {**reference, "exam_date": exam_on.isoformat(), "gestational_weeks": weeks, "coupon_no": position + 1}
        record = f"NK-{pregnancy.pregnancy_no}-{position + 1}"
        yield pen.event(HEALTH, EventKind.PRENATAL_EXAM_RECORDED, record, exam_on, data)
    for after in pregnancy.postpartum:
        if after.exam_on <= pen.today:
            score = {} if after.epds_total is None else {"epds_total": after.epds_total}
            data = {**reference, "exam_date": after.exam_on.isoformat(), "weeks_postpartum": after.weeks, **score}
            record = f"NS-{pregnancy.pregnancy_no}-{after.weeks}"
            yield pen.event(HEALTH, EventKind.POSTPARTUM_CHECKUP_RECORDED, record, after.exam_on, data)


def _ended(pen: Pen, pregnancy: Pregnancy, on: date) -> Event:
    named = {"child_person_nos": list(pregnancy.child_nos)} if pregnancy.child_nos else {}
    data = {"pregnancy_id": pregnancy.pregnancy_no, "outcome": pregnancy.outcome, "ended_on": on.isoformat(), **named}
    return pen.event(HEALTH, EventKind.PREGNANCY_ENDED, f"NE-{pregnancy.pregnancy_no}", on, data)


def _checkup(pen: Pen, number: int, checkup: Checkup) -> Iterator[Placed]:
    place = pen.later(number)
    data = _checkup_data(checkup)
    first = pen.event(HEALTH, EventKind.INFANT_CHECKUP_RECORDED, _record(checkup), checkup.exam_on, data, told_on=checkup.told_on)
    yield Placed(place, first)
    yield from _afterwards(pen, place, first, checkup)


def _afterwards(pen: Pen, place: float, first: Event, checkup: Checkup) -> Iterator[Placed]:
    """A correction (now and then overtaking what it corrects), the same event again, or a record entered for the wrong child."""
    if happens(pen.rng, 0.010):
        overtaken = happens(pen.rng, 0.2)
        data = _checkup_data(checkup) | {"weight_kg": round(checkup.weight_kg + pen.rng.uniform(0.1, 0.9), 1)}
        second = pen.event(HEALTH, EventKind.INFANT_CHECKUP_RECORDED, _record(checkup), checkup.exam_on, data, revision=2)
        yield Placed(place + (-1 if overtaken else pen.rng.uniform(0.5, 9)), second)
    elif happens(pen.rng, 0.003):
        yield Placed(place + pen.rng.uniform(0.1, 2), dict(first))
    elif happens(pen.rng, 0.002):
        yield from _entered_wrongly(pen, place, checkup)


def _entered_wrongly(pen: Pen, place: float, checkup: Checkup) -> Iterator[Placed]:
    arguments = (HEALTH, EventKind.INFANT_CHECKUP_RECORDED, f"{_record(checkup)}-x", checkup.exam_on)
    yield Placed(place + 0.2, pen.event(*arguments, _checkup_data(checkup)))
    yield Placed(place + 0.4, pen.event(*arguments, {"person_no": checkup.child_no}, revision=2, op="void"))


def _record(checkup: Checkup) -> str:
    return f"K-{checkup.child_no}-{checkup.kind}"


def _checkup_data(checkup: Checkup) -> dict[str, Any]:
    return {
        "person_no": checkup.child_no,
        "checkup_type": checkup.kind,
        "exam_date": checkup.exam_on.isoformat(),
        "exam_place_kind": "contract_clinic" if checkup.kind == "10m" else "city",
        "weight_kg": checkup.weight_kg,
        "height_cm": checkup.height_cm,
    }


def _child_of(family: Family) -> str:
    return family.expected_child_no or family.children[-1].person_no
