"""A pregnancy as all current records about its number show it, and the times in which things that belong to it may lie."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from contracts.catalogue.readers import Unreadable
from contracts.ids import PersonId, PregnancyId
from contracts.kinds import EventKind
from contracts.quick import quick
from services.linker.domain.records import Naming, Record, day, texts, value_of

TERM_DAYS = 280
EARLIEST_BIRTH_DAYS = 126
"""A birth before EDD − 126 d (22 weeks) is not registered as a birth (`domain.md` §2.3)."""
LATEST_BIRTH_DAYS = 21
POSTPARTUM_DAYS = 120
TWINS_APART_DAYS = 1
"""Children of one pregnancy are born on one day, or before and after midnight."""
HANDBOOK_DAYS = 300
"""Without an EDD: the handbook was issued at most so long before the birth."""

_WEEKS = re.compile(r"(\d{1,2})(?:w(\d)d?)?")


class Outcome(StrEnum):
    """How a pregnancy ended."""

    LIVE_BIRTH = "live_birth"
    STILLBIRTH = "stillbirth"
    MISCARRIAGE = "miscarriage"
    MOVED_OUT = "moved_out"


WITHOUT_CHILD = (Outcome.STILLBIRTH, Outcome.MISCARRIAGE)


@quick(frozen=True, slots=True)
class Pregnancy:
    """What is known of a pregnancy. `children` are those that the health section names itself; it is usually empty."""

    pregnancy_id: PregnancyId
    pregnancy_no: str
    mother_id: PersonId | None = None
    due_on: date | None = None
    issued_on: date | None = None
    outcome: Outcome | None = None
    ended_on: date | None = None
    fetus_count: int | None = None
    children: frozenset[PersonId] = frozenset()


def pregnancy_of(records: Iterable[Record], naming: Naming) -> Pregnancy | None:
    """
    Return the pregnancy that the records of one number describe, or None without any that stands.

    Its mother is whom the latest notification names; exams, which may name somebody else by mistake, count only without one.
    """
    standing = sorted((record for record in records if record.stands), key=lambda record: record.rank)
    notices = [record for record in standing if record.key.event_type == EventKind.PREGNANCY_NOTIFIED]
    ends = [record for record in standing if record.key.event_type == EventKind.PREGNANCY_ENDED]
    if not standing or standing[0].pregnancy_id is None:
        return None
    ended = ends[-1].data or {} if ends else {}
    return Pregnancy(
        pregnancy_id=standing[0].pregnancy_id,
        pregnancy_no=str((standing[0].data or {})["pregnancy_id"]),
        mother_id=next((each.subject_id for each in reversed([*standing, *notices]) if each.subject_id is not None), None),
        due_on=next((due for notice in reversed(notices) if (due := _due_on(notice.data or {})) is not None), None),
        issued_on=min((issued for notice in notices if (issued := _issued_on(notice.data or {})) is not None), default=None),
        outcome=value_of(ended, "outcome", Outcome),
        ended_on=day(ended, "ended_on"),
        fetus_count=next((count for notice in reversed(notices) if (count := _fetus_count(notice.data or {})) is not None), None),
        children=frozenset(naming.person(number) for number in texts(ended, "child_person_nos")),
    )


def check_readable(record: Record) -> None:
    """Raise Unreadable if a record of a pregnancy holds what cannot be read: found at the door, it parks one event, not a person."""
    data = record.data or {}
    if record.key.event_type == EventKind.PREGNANCY_NOTIFIED:
        _due_on(data)
        _issued_on(data)
        _fetus_count(data)
    elif record.key.event_type == EventKind.PREGNANCY_ENDED:
        value_of(data, "outcome", Outcome)
        day(data, "ended_on")
        texts(data, "child_person_nos")
    elif day(data, "exam_date") is None:
        raise Unreadable("exam_date")


def holds_prenatal_exam(pregnancy: Pregnancy, on: date) -> bool:
    """Whether a prenatal exam of the mother on that day is of this pregnancy."""
    if pregnancy.ended_on is not None and on > pregnancy.ended_on:
        return False
    if pregnancy.due_on is not None:
        return _within(on, pregnancy.due_on, TERM_DAYS, LATEST_BIRTH_DAYS)
    start, end = pregnancy.issued_on, pregnancy.ended_on
    if end is not None:
        return _within(on, end, HANDBOOK_DAYS, 0)
    return start is not None and _within(on, start, 0, HANDBOOK_DAYS)


def holds_postpartum_checkup(pregnancy: Pregnancy, on: date) -> bool:
    """
    Whether a postpartum checkup of the mother on that day is of this pregnancy.

    Where the health section has not said when it ended, every day counts on which a birth could be at most 120 days ago: a
    twin born at 36 weeks must not lose the checkup, and which child was born of it may be known only later.
    """
    if pregnancy.ended_on is not None:
        return _within(on, pregnancy.ended_on, 0, POSTPARTUM_DAYS)
    if pregnancy.due_on is not None:
        return _within(on, pregnancy.due_on, EARLIEST_BIRTH_DAYS, LATEST_BIRTH_DAYS + POSTPARTUM_DAYS)
    return pregnancy.issued_on is not None and _within(on, pregnancy.issued_on, 0, HANDBOOK_DAYS + POSTPARTUM_DAYS)


def may_have_born(pregnancy: Pregnancy, born_on: date) -> str | None:
    """
    Return the rule by which a child born to the same mother on that day is of this pregnancy, or None.

    Sources: `domain.md` §2.3 (window), §2.8-3 and §2.8-19 (one that ended on another day is another child's).
    """
    if pregnancy.outcome in WITHOUT_CHILD:
        return None
    if not ended_with(pregnancy, born_on):
        return None
    ended = _ended_on(pregnancy)
    if pregnancy.due_on is not None:
        return "delivery_window" if _within(born_on, pregnancy.due_on, EARLIEST_BIRTH_DAYS, LATEST_BIRTH_DAYS) else None
    if ended is not None:
        return "delivery_ended_on"
    if pregnancy.issued_on is not None and _within(born_on, pregnancy.issued_on, 0, HANDBOOK_DAYS):
        return "delivery_handbook"
    return None


def ended_with(pregnancy: Pregnancy, born_on: date) -> bool:
    """Whether nothing says that a pregnancy ended on another day than that of the birth (`domain.md` §2.8-19)."""
    ended = _ended_on(pregnancy)
    return ended is None or _within(born_on, ended, TWINS_APART_DAYS, TWINS_APART_DAYS)


def _ended_on(pregnancy: Pregnancy) -> date | None:
    # Who moved away gave birth elsewhere, on a day that nobody here knows.
    return pregnancy.ended_on if pregnancy.outcome is not Outcome.MOVED_OUT else None


def distance(pregnancy: Pregnancy, born_on: date) -> int:
    """Return how many days lie between a birth and the day on which the pregnancy was expected to end, or did."""
    expected = pregnancy.ended_on or pregnancy.due_on or born_on
    return abs((born_on - expected).days)


def _within(on: date, around: date, days_before: int, days_after: int) -> bool:
    return around - timedelta(days=days_before) <= on <= around + timedelta(days=days_after)


def _fetus_count(notice: Mapping[str, Any]) -> int | None:
    count = notice.get("fetus_count")
    if count is None:
        return None
    if type(count) is not int:
        raise Unreadable("fetus_count")
    return count


def _issued_on(notice: Mapping[str, Any]) -> date | None:
    return day(notice, "handbook_issued_on") or day(notice, "notified_on")


def _due_on(notice: Mapping[str, Any]) -> date | None:
    stated = day(notice, "edd")
    if stated is not None:
        return stated
    issued_on, days = _issued_on(notice), _gestation_days(notice.get("gestational_weeks"))
    return issued_on + timedelta(days=TERM_DAYS - days) if issued_on is not None and days is not None else None


def _gestation_days(weeks: int | str | None) -> int | None:
    if weeks is None or weeks == "":
        return None
    match = _WEEKS.fullmatch(str(weeks))
    if match is None:
        raise Unreadable("gestational_weeks")
    return int(match[1]) * 7 + int(match[2] or 0)
