"""
What no machine decides, put into a city so that people have something to look at: entries alike, a number without its zeros, an entry that
turns into somebody else, pupils whose school is another one than the register says.

All of it is about children of school age, of whom nothing is concluded from absence that a held record could refute (`domain.md` §2.8-2).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from contracts.kinds import EventKind, Source
from infra.city.dates import days_after
from infra.city.population import Family, Resident
from infra.city.sources.pen import Event, Pen
from infra.city.sources.resident_registry import resident_data

REGISTER, HEALTH, PUPILS = Source.RESIDENT_REGISTRY, Source.MATERNAL_CHILD_HEALTH, Source.PUPIL_REGISTRY
OF_EACH = 3
WRITTEN_DAYS_AGO = 3
YOUNGEST, OLDEST = 7, 13
_APRIL = 4
OTHER_SCHOOL = "B140219900001"


def doubts(pen: Pen, families: Sequence[Family], sources: Collection[Source]) -> Iterator[Event]:
    """What the sources say in doubt, about children drawn by `pen`: a few of each kind, and one that a measure protects."""
    children = [child for family in families if _is_plain(family) for child in family.children if _is_pupil(child, pen.today)]
    drawn = pen.rng.sample(children, min(4 * OF_EACH, len(children)))
    hidden = next((child for family in families if family.protection is not None for child in family.children), None)
    alike, astray, turned, moved = (drawn[place::4] for place in range(4))
    told = [_twice(pen, child) for child in [*alike, *([hidden] if hidden is not None else [])]]
    told += [_without_zeros(pen, child) for child in astray]
    told += [_somebody_else(pen, child) for child in turned]
    told += [_at_another_school(pen, child) for child in moved]
    return (event for event in told if event["source"] in sources)


def _is_plain(family: Family) -> bool:
    lot = family.circumstances
    return family.protection is None and not lot.on_welfare and lot.left_on is None and lot.expected is None


def _is_pupil(child: Resident, today: date) -> bool:
    return YOUNGEST <= today.year - child.birth_date.year <= OLDEST


def _written_on(pen: Pen) -> date:
    return days_after(pen.today, -WRITTEN_DAYS_AGO)


def _twice(pen: Pen, child: Resident) -> Event:
    """Came back to the city and was given a number anew (`domain.md` §2.8-11)."""
    statement = child.statements[-1]
    number, since = f"9{child.person_no[1:]}", days_after(pen.today, -40)
    data = resident_data(child, statement, japanese=False) | {
        "person_no": number,
        "household_no": f"9{statement.household_no}",
        "relationship_to_head": "other",
        "resident_from": since.isoformat(),
        "change_reason": "move_in",
    }
    data.pop("resident_to", None)
    return pen.event(REGISTER, EventKind.RESIDENT_CHANGED, f"J-{number}-1", since, data, told_on=_written_on(pen))


def _without_zeros(pen: Pen, child: Resident) -> Event:
    """The health section's number has lost its zeros in front."""
    number, seen = child.person_no.lstrip("0"), days_after(child.birth_date, 3 * 365 + 40)
    data: dict[str, object] = {"person_no": number, "checkup_type": "3y", "exam_date": seen.isoformat(), "exam_place_kind": "city"}
    data |= {"weight_kg": 14.2, "height_cm": 95.1}
    return pen.event(HEALTH, EventKind.INFANT_CHECKUP_RECORDED, f"K-{number}-3y", seen, data, told_on=_written_on(pen))


def _somebody_else(pen: Pen, child: Resident) -> Event:
    """A correction of a child's entry that reads like somebody else's."""
    statement, place = child.statements[-1], len(child.statements)
    data = resident_data(child, statement, japanese=False) | {
        "name": "見本 別人",
        "kana": "ミホン ベツジン",
        "birth_date": days_after(child.birth_date, 500).isoformat(),
    }
    about = (REGISTER, EventKind.RESIDENT_CHANGED, f"J-{child.person_no}-{place}", statement.effective_on)
    return pen.event(*about, data, revision=2, told_on=_written_on(pen))


def _at_another_school(pen: Pen, child: Resident) -> Event:
    """A row without a number, of a school that the register does not name."""
    year = pen.today.year - (pen.today.month < _APRIL)
    entered = child.birth_date.year + 6 + ((child.birth_date.month, child.birth_date.day) > (_APRIL, 1))
    data = {
        "school_code": OTHER_SCHOOL,
        "pupil_key": f"N-{child.person_no[-5:]}",
        "fiscal_year": year,
        "name": child.statements[-1].name,
        "kana": child.statements[-1].kana,
        "birth_date": child.birth_date.isoformat(),
        "sex": child.sex.value,
        "grade": min(max(year - entered + 1, 1), 9),
        "enrolled_from": date(year, _APRIL, 1).isoformat(),
    }
    return pen.event(
        PUPILS, EventKind.PUPIL_REGISTERED, f"JS-{data['pupil_key']}-{year}", date(year, _APRIL, 1), data, told_on=_written_on(pen)
    )
